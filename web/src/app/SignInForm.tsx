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
  const [coded, setCoded] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const typed = new FormData(form.current ?? undefined);
    setBusy(true);
    setError(null);
    try {
      const code = String(typed.get("code") ?? "").trim();
      await signIn(String(typed.get("email")).trim(), String(typed.get("password")), code);
      done();
    } catch (failed) {
      const asked = failed instanceof Problem && failed.slug === "second-factor-required";
      // The first time this is no error: the form only grows by a field.
      setError(asked && !coded ? null : (failed as Error));
      if (asked) setCoded(true);
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
      {coded && (
        <TextField
          label={t("signin.code")}
          hint={t("signin.code_hint")}
          name="code"
          inputMode="text"
          autoComplete="one-time-code"
          autoFocus
          required
        />
      )}
      <div>
        <Button type="submit" look="primary" full pending={busy}>
          {t("signin.submit")}
        </Button>
      </div>
    </form>
  );
}
