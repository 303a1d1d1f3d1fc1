import { type FormEvent, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Problem } from "../api/problem";
import { Button } from "../parts/Button";
import { TextField } from "../parts/Field";
import { Failure } from "../parts/Page";
import { Notice } from "../parts/Status";
import { signIn } from "./signin";

/** E-mail and password; password managers and paste work. */
export function SignInForm({ email = "", done }: { email?: string; done: () => void }) {
  const { t } = useTranslation();
  const [error, setError] = useState<Error | null>(null);
  const [busy, setBusy] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const typed = new FormData(form.current ?? undefined);
    setBusy(true);
    setError(null);
    try {
      await signIn(String(typed.get("email")).trim(), String(typed.get("password")));
      done();
    } catch (failed) {
      setError(failed as Error);
    } finally {
      setBusy(false);
    }
  };
  const refused = error instanceof Problem && error.status < 500;
  return (
    <form ref={form} className="stack" onSubmit={submit}>
      {error &&
        (refused ? <Notice tone="stop" title={error.message} role="alert" /> : <Failure error={error} />)}
      <TextField
        label={t("signin.email")}
        name="email"
        type="email"
        autoComplete="username"
        defaultValue={email}
        required
      />
      <TextField
        label={t("signin.code_word")}
        name="password"
        type="password"
        autoComplete="current-password"
        required
      />
      <div>
        <Button type="submit" look="primary" full pending={busy}>
          {t("signin.submit")}
        </Button>
      </div>
    </form>
  );
}
