/** Recomputes the contrast of the colour tokens (WCAG 2.2: text 4.5, controls and marks 3). */

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

const css = readFileSync(new URL("./tokens.css", import.meta.url), "utf8");
const tokens = new Map(
  [...css.matchAll(/--([a-z0-9-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)/g)].map((found) => [
    found[1] as string,
    [found[2], found[3]] as [string, string],
  ]),
);

function luminance(colour: string): number {
  const [red, green, blue] = [1, 3, 5].map((start) => {
    const value = Number.parseInt(colour.slice(start, start + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(front: string, back: string, theme: 0 | 1): number {
  const [a, b] = [front, back].map((name) => luminance(tokens.get(name)?.[theme] ?? "#000000")) as [
    number,
    number,
  ];
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}

const GROUNDS = ["page", "card", "sunken"];
const STATUSES = ["done", "waiting", "stop", "info", "proposal", "past"];
const TEXT = [
  ...["text", "muted", "accent"].flatMap((front) => GROUNDS.map((back) => [front, back])),
  ...STATUSES.map((name) => [name, `${name}-tint`]),
  ["on-accent", "accent"],
  ["on-accent", "accent-hover"],
  ["text", "selected"],
  ["accent", "selected"],
  ["placeholder", "card"],
  ["stop", "card"],
] as [string, string][];
const MARKS = GROUNDS.map((back) => ["border", back]) as [string, string][];

describe.each([
  ["light", 0],
  ["dark", 1],
] as const)("in the %s theme", (_, theme) => {
  test.each(TEXT)("%s reads on %s", (front, back) => {
    expect(contrast(front, back, theme)).toBeGreaterThanOrEqual(4.5);
  });
  test.each(MARKS)("%s shows on %s", (front, back) => {
    expect(contrast(front, back, theme)).toBeGreaterThanOrEqual(3);
  });
});
