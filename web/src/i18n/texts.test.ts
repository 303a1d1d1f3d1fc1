/** Both languages say the same things, and every word of the services' enums has a text. */

import { describe, expect, test } from "vitest";
import * as courses from "../api/generated/courses";
import * as membership from "../api/generated/membership";
import * as notifications from "../api/generated/notifications";
import german from "./de";
import english from "./en";

function keys(tree: object, path = ""): string[] {
  return Object.entries(tree).flatMap(([key, value]) =>
    typeof value === "string" ? [`${path}${key}`] : keys(value as object, `${path}${key}.`),
  );
}

function holes(tree: object): string[] {
  return [...JSON.stringify(tree).matchAll(/\{\{(\w+)\}\}/g)].map((found) => found[1] ?? "").sort();
}

test("both languages have the same keys", () => {
  expect(keys(english).sort()).toEqual(keys(german).sort());
});

test("both languages fill in the same values", () => {
  expect(holes(english)).toEqual(holes(german));
});

describe("every word of an enum has a text", () => {
  const cases: [string, object, readonly string[]][] = [
    ["session state", german.state.session, courses.sessionStateValues],
    ["need state", german.state.need, courses.needStateValues],
    ["pool state", german.state.pool, courses.poolStateValues],
    ["call state", german.state.call, courses.callStateValues],
    ["criterion", german.criterion, courses.criterionKindValues],
    ["end of a call", german.call_end, courses.callEndReasonValues],
    ["award", german.award, courses.awardReasonValues],
    ["VAT", german.vat, courses.vatCodeValues],
    ["venue", german.venue, courses.venueKindValues],
    ["course format", german.format, courses.courseFormatValues],
    ["cost key", german.cost_key, courses.costKeyValues],
    ["go or no go", german.go_reason, courses.goReasonValues],
    ["reason", german.reason, courses.reasonCodeInputValues],
    ["membership state", german.state.membership, membership.membershipStateValues],
    ["membership role", german.member_role, membership.membershipRoleValues],
    ["network state", german.state.network, membership.networkStateValues],
    ["person state", german.state.person, membership.personStatusValues],
    ["organisation kind", german.kind, membership.organisationKindValues],
    ["role", german.grant, membership.roleValues],
    ["size", german.size, membership.smeClassValues],
    ["sector", german.sector, membership.sectorFocusValues],
    ["webhook state", german.state.webhook, notifications.webhookStateValues],
    ["message state", german.state.message, notifications.messageStateValues],
    ["delivery state", german.state.delivery, notifications.stateValues],
  ];
  test.each(cases)("%s", (_, texts, values) => {
    expect(Object.keys(texts)).toEqual(expect.arrayContaining([...values]));
  });
});
