import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { got, membership } from "../../api/client";
import { useCommand } from "../../api/commands";
import { organisations, people } from "../../api/queries";
import type { Person } from "../../api/types";
import { word } from "../../i18n/word";
import { say } from "../../parts/Announcer";
import { Button } from "../../parts/Button";
import { Dialog } from "../../parts/Dialog";
import { SelectField } from "../../parts/Field";
import { Empty, Failure, Loaded, Page } from "../../parts/Page";
import { State } from "../../parts/terms";
import { NewPerson } from "./NewPerson";

/** People of an organisation with their roles; letting one in no more. */
export function PeoplePage() {
  const { t } = useTranslation();
  const { organisation = "" } = useSearch({ strict: false }) as { organisation?: string };
  const navigate = useNavigate();
  const [leaving, setLeaving] = useState<Person | null>(null);
  const [adding, setAdding] = useState(false);
  const known = useQuery(organisations());
  const asked = useQuery(people(organisation || undefined));
  return (
    <Page
      title={t("nav.people_roles")}
      lead={t("admin.people_lead")}
      action={
        <Button look="primary" full onPress={() => setAdding(true)}>
          {t("admin.new_person")}
        </Button>
      }
    >
      <div className="grid">
        <SelectField
          label={t("admin.organisation")}
          value={organisation}
          onChange={(event) =>
            navigate({ to: ".", search: { organisation: event.target.value }, replace: true })
          }
        >
          <option value="">{t("common.choose")}</option>
          {known.data?.map((one) => (
            <option key={one.id} value={one.id}>
              {one.name}
            </option>
          ))}
        </SelectField>
      </div>
      {organisation ? (
        <Loaded of={asked}>{(list) => <People people={list} leave={setLeaving} />}</Loaded>
      ) : (
        <div className="card">
          <Empty title={t("admin.choose_organisation")}>{t("admin.choose_organisation_why")}</Empty>
        </div>
      )}
      {adding && <NewPerson close={() => setAdding(false)} />}
      {leaving && <Leaving person={leaving} organisation={organisation} close={() => setLeaving(null)} />}
    </Page>
  );
}

function People({ people: list, leave }: { people: Person[]; leave: (person: Person) => void }) {
  const { t } = useTranslation();
  if (list.length === 0) {
    return (
      <div className="card">
        <Empty title={t("people.none")}>{t("people.none_why")}</Empty>
      </div>
    );
  }
  return (
    <ul className="card flush list" role="list">
      {list.map((person) => (
        <li key={person.id}>
          <div className="row spread">
            <div className="grow">
              <bdi className="strong">{person.name}</bdi>
              <div className="small muted wrap">
                {person.email} ·{" "}
                {[...new Set(person.grants.map((grant) => word("grant", grant.role)))].join(", ")}
              </div>
            </div>
            <State kind="person" of={person.status} />
            {person.status !== "deactivated" && (
              <Button look="quiet" onPress={() => leave(person)}>
                {t("admin.deactivate")}
                <span className="visually-hidden">: {person.name}</span>
              </Button>
            )}
          </div>
        </li>
      ))}
    </ul>
  );
}

function Leaving({
  person,
  organisation,
  close,
}: {
  person: Person;
  organisation: string;
  close: () => void;
}) {
  const { t } = useTranslation();
  const command = useCommand({
    run: async (id: string) =>
      got(
        await membership.POST("/api/membership/v1/people/{person_id}/deactivate", {
          params: { path: { person_id: id } },
        }),
      ),
    touches: [["people", organisation]],
    done: () => {
      say(t("admin.deactivated"));
      close();
    },
  });
  return (
    <Dialog title={t("admin.deactivate_title", { name: person.name })} open onClose={close}>
      <p>{t("admin.deactivate_why")}</p>
      {command.error && <Failure error={command.error} />}
      <div className="row">
        <Button look="danger" full pending={command.isPending} onPress={() => command.mutate(person.id)}>
          {t("admin.deactivate")}
        </Button>
        <Button look="quiet" full onPress={close}>
          {t("common.back")}
        </Button>
      </div>
    </Dialog>
  );
}
