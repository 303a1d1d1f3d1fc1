import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { got, membership } from "../../api/client";
import { useCommand } from "../../api/commands";
import { keep } from "../../api/tokens";
import { Button } from "../../parts/Button";
import { TextField } from "../../parts/Field";
import { Failure, Loaded } from "../../parts/Page";
import { Notice, Status } from "../../parts/Status";

const KEY = ["second-factor"];

/** The second factor of signing in: an authenticator app, with recovery codes for the day the phone is lost. */
export function SecondFactor() {
  const { t } = useTranslation();
  const asked = useQuery({
    queryKey: KEY,
    queryFn: async () => got(await membership.GET("/api/membership/v1/me/second-factor")),
  });
  const [codes, setCodes] = useState<string[]>([]);
  return (
    <section className="card stack" aria-labelledby="factor">
      <h2 id="factor">{t("factor.title")}</h2>
      <Loaded of={asked} rows={1}>
        {(factor) => (
          <>
            <div className="row">
              <Status tone={factor.state === "on" ? "done" : factor.required ? "stop" : "past"}>
                {t(factor.state === "on" ? "factor.on" : "factor.off")}
              </Status>
              {factor.state === "on" && (
                <span className="small muted">{t("factor.left", { count: factor.recovery_codes_left })}</span>
              )}
            </div>
            {codes.length > 0 && <Codes codes={codes} />}
            {factor.state === "on" ? <Disable /> : <SetUp done={setCodes} />}
          </>
        )}
      </Loaded>
    </section>
  );
}

function Codes({ codes }: { codes: string[] }) {
  const { t } = useTranslation();
  return (
    <Notice tone="waiting" title={t("factor.codes")} role="status">
      <p>{t("factor.codes_why")}</p>
      <ul className="grid" role="list">
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ul>
    </Notice>
  );
}

function SetUp({ done }: { done: (codes: string[]) => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [present, setPresent] = useState("");
  const [code, setCode] = useState("");
  const begin = useCommand({
    run: async (typed: string) =>
      got(await membership.POST("/api/membership/v1/me/second-factor", { body: { present: typed } })),
  });
  const confirm = useCommand({
    run: async (typed: string) =>
      got(await membership.POST("/api/membership/v1/me/second-factor/confirm", { body: { code: typed } })),
    done: (answer) => {
      keep({ ...answer, expires_in: answer.expires_in ?? 600 });
      done(answer.recovery_codes);
      void client.invalidateQueries({ queryKey: KEY });
    },
  });
  if (!begin.data) {
    return (
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          begin.mutate(present);
        }}
      >
        <p>{t("factor.why")}</p>
        <TextField
          label={t("factor.present")}
          type="password"
          autoComplete="current-password"
          value={present}
          onChange={(event) => setPresent(event.target.value)}
        />
        {begin.error && <Failure error={begin.error} />}
        <div>
          <Button type="submit" full isDisabled={!present} pending={begin.isPending}>
            {t("factor.begin")}
          </Button>
        </div>
      </form>
    );
  }
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        confirm.mutate(code.trim());
      }}
    >
      <p>{t("factor.scan")}</p>
      <img
        src={`data:image/svg+xml;utf8,${encodeURIComponent(begin.data.qr_svg)}`}
        alt={t("factor.qr")}
        width="200"
        height="200"
      />
      <p className="small wrap">
        {t("factor.by_hand")} <code>{begin.data.secret}</code>
      </p>
      <TextField
        label={t("signin.code")}
        autoComplete="one-time-code"
        inputMode="numeric"
        value={code}
        onChange={(event) => setCode(event.target.value)}
      />
      {confirm.error && <Failure error={confirm.error} />}
      <div>
        <Button
          type="submit"
          look="primary"
          full
          isDisabled={code.trim().length < 6}
          pending={confirm.isPending}
        >
          {t("factor.confirm")}
        </Button>
      </div>
    </form>
  );
}

function Disable() {
  const { t } = useTranslation();
  const [code, setCode] = useState("");
  const command = useCommand({
    run: async (typed: string) =>
      got(await membership.POST("/api/membership/v1/me/second-factor/disable", { body: { code: typed } })),
    touches: [KEY],
  });
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        command.mutate(code.trim());
      }}
    >
      <TextField
        label={t("signin.code")}
        autoComplete="one-time-code"
        value={code}
        onChange={(event) => setCode(event.target.value)}
      />
      {command.error && <Failure error={command.error} />}
      <div>
        <Button
          type="submit"
          look="danger"
          full
          isDisabled={code.trim().length < 6}
          pending={command.isPending}
        >
          {t("factor.disable")}
        </Button>
      </div>
    </form>
  );
}
