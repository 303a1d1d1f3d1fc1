import { useState } from "react";
import { useTranslation } from "react-i18next";
import { membership as api, got } from "../../api/client";
import { keyed, useCommand } from "../../api/commands";
import type { Membership } from "../../api/types";
import { isoDay } from "../../i18n/format";
import { word } from "../../i18n/word";
import { say } from "../../parts/Announcer";
import { Button } from "../../parts/Button";
import { Dialog } from "../../parts/Dialog";
import { Choices, TextField } from "../../parts/Field";
import { Failure } from "../../parts/Page";

const ROLES = ["sender", "organiser", "financier", "best_practice_giver", "driver"] as const;
type Role = (typeof ROLES)[number];

/** Admits an applicant or turns it down. */
export function Deciding({ membership, close }: { membership: Membership; close: () => void }) {
  const { t } = useTranslation();
  const [role, setRole] = useState<Role>("sender");
  const [since, setSince] = useState(isoDay());
  const path = { membership_id: membership.id };
  const touches = [["memberships", membership.network_id]];
  const finish = (text: string) => () => {
    say(text);
    close();
  };
  const admit = useCommand({
    run: async (body: { roles: Role[]; since: string }, key) =>
      got(
        await api.POST("/api/membership/v1/memberships/{membership_id}/admit", {
          params: { path, ...keyed(key) },
          body,
        }),
      ),
    touches,
    done: finish(t("companies.admitted")),
  });
  const decline = useCommand({
    run: async (_: string, key) =>
      got(
        await api.POST("/api/membership/v1/memberships/{membership_id}/decline", {
          params: { path, ...keyed(key) },
          body: { reason_code: "other" },
        }),
      ),
    touches,
    done: finish(t("companies.declined")),
  });
  const error = admit.error ?? decline.error;
  return (
    <Dialog title={t("companies.decide_title", { name: membership.organisation_name })} open onClose={close}>
      <Choices
        legend={t("companies.roles")}
        name="role"
        options={ROLES.map((value) => ({ value, label: word("member_role", value) }))}
        value={role}
        onChange={setRole}
      />
      <TextField
        label={t("companies.since")}
        type="date"
        value={since}
        onChange={(event) => setSince(event.target.value)}
      />
      {error && <Failure error={error} />}
      <div className="row">
        <Button
          look="primary"
          full
          pending={admit.isPending}
          onPress={() => admit.mutate({ roles: [role], since })}
        >
          {t("companies.admit")}
        </Button>
        <Button look="danger" full pending={decline.isPending} onPress={() => decline.mutate(membership.id)}>
          {t("companies.decline")}
        </Button>
        <Button look="quiet" full onPress={close}>
          {t("common.cancel")}
        </Button>
      </div>
    </Dialog>
  );
}
