import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { people } from "../../api/queries";
import { useIds } from "../../app/ids";
import { Empty, Loaded, Page } from "../../parts/Page";
import { State } from "../../parts/terms";
import { AddPerson } from "./AddPerson";

/** The people whom the company can send to courses. */
export function PeoplePage() {
  const { t } = useTranslation();
  const { organisation } = useIds();
  return (
    <Page title={t("nav.people")} lead={t("people.lead")}>
      <div className="split">
        <Loaded of={useQuery(people(organisation))}>
          {(list) => (
            <ul className="card flush list" role="list">
              {list.length === 0 && (
                <li>
                  <Empty title={t("people.none")}>{t("people.none_why")}</Empty>
                </li>
              )}
              {list.map((person) => (
                <li key={person.id}>
                  <div className="row spread">
                    <div className="grow">
                      <bdi className="strong">{person.name}</bdi>
                      <div className="small muted wrap">{person.email}</div>
                    </div>
                    <State kind="person" of={person.status} />
                  </div>
                </li>
              ))}
            </ul>
          )}
        </Loaded>
        <section className="card stack" aria-labelledby="add">
          <h2 id="add">{t("people.add")}</h2>
          <AddPerson organisation={organisation} />
        </section>
      </div>
    </Page>
  );
}
