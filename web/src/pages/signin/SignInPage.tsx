import { IconArrowRight } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useRouter, useSearch } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { stored } from "../../api/tokens";
import { SignInForm } from "../../app/SignInForm";
import { type DemoPerson, demoPeople, signIn } from "../../app/signin";
import { language, speak } from "../../i18n";
import { Button } from "../../parts/Button";
import { Failure, Skeleton } from "../../parts/Page";

/** Sign-in, and in a demo the people to sign in as. */
export function SignInPage() {
  const { t } = useTranslation();
  const router = useRouter();
  const client = useQueryClient();
  const { to } = useSearch({ strict: false }) as { to?: string };
  const demo = useQuery({ queryKey: ["demo"], queryFn: demoPeople, staleTime: Number.POSITIVE_INFINITY });
  useEffect(() => {
    document.title = `${t("signin.title")} · Verbundwerk`;
  }, [t]);
  const enter = (where = "/") => {
    client.removeQueries({ predicate: (query) => query.queryKey[0] !== "demo" });
    router.history.push(where);
  };
  const isDemo = (demo.data?.length ?? 0) > 0;
  const other = language() === "de" ? "en" : "de";
  return (
    <main className="signin">
      <div className="signin-head">
        <img src="/icon.svg" alt="" width="44" height="44" />
        <div className="grow">
          <h1>Verbundwerk</h1>
          <p className="muted">{t("signin.claim")}</p>
        </div>
        <Button look="quiet" onPress={() => void speak(other)}>
          <span lang={other}>{other === "de" ? "Deutsch" : "English"}</span>
        </Button>
      </div>
      <div className={isDemo ? "signin-panels two" : "signin-panels"}>
        <section className="card stack" aria-labelledby="signin">
          <h2 id="signin">{t("signin.title")}</h2>
          {stored() && (
            <Button look="plain" full onPress={() => enter(to)}>
              {t("signin.continue")}
            </Button>
          )}
          <SignInForm done={() => enter(to)} />
          <p className="small muted">{t("signin.help")}</p>
        </section>
        {demo.isPending && <Skeleton rows={3} />}
        {isDemo && <Roles people={demo.data ?? []} enter={() => enter()} />}
      </div>
    </main>
  );
}

function Roles({ people, enter }: { people: DemoPerson[]; enter: () => unknown }) {
  const { t } = useTranslation();
  const [error, setError] = useState<Error | null>(null);
  const pick = (person: DemoPerson) => {
    setError(null);
    signIn(person.email, person.password).then(enter, setError);
  };
  return (
    <section className="card flush" aria-labelledby="demo">
      <div className="card-head stack tight">
        <h2 id="demo">{t("signin.demo")}</h2>
        <p className="muted small">{t("signin.demo_why")}</p>
        {error && <Failure error={error} />}
      </div>
      <ol className="list">
        {people.map((person) => (
          <li key={person.email} className="whole">
            <button type="button" className="role-pick" onClick={() => pick(person)}>
              <span className="strong">
                <bdi>{person.name}</bdi>
              </span>
              <span className="small muted">{t(`demo.${person.role}` as "demo.manager")}</span>
              <IconArrowRight size={20} aria-hidden="true" />
            </button>
          </li>
        ))}
      </ol>
    </section>
  );
}
