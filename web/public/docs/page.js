// One page for the four services; the service is chosen at the top and stands in the address.
SwaggerUIBundle({
  urls: ["membership", "courses", "notifications", "reporting"].map((name) => ({
    name,
    url: `/api/${name}/v1/openapi.json`,
  })),
  dom_id: "#swagger-ui",
  deepLinking: true,
  persistAuthorization: false,
  validatorUrl: null,
  presets: [SwaggerUIBundle.presets.apis, SwaggerUIStandalonePreset],
  layout: "StandaloneLayout",
});
