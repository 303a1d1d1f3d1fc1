import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { got, membership } from "../api/client";
import { me } from "../api/queries";
import { forget } from "../api/tokens";
import { Button } from "../parts/Button";
import { Dialog } from "../parts/Dialog";
import { SignInForm } from "./SignInForm";
import { answerSignIn, useSignInAsked } from "./signin";

/** Over the page when the session has ended: what was typed stays, and the request is sent again. */
export function SignInAgain({ email }: { email: string }) {
  const { t } = useTranslation();
  const asked = useSignInAsked();
  const navigate = useNavigate();
  const client = useQueryClient();
  const done = async () => {
    const before = client.getQueryData(me().queryKey)?.id;
    const now = got(await membership.GET("/api/membership/v1/me"));
    if (before !== undefined && now.id !== before) {
      // Somebody else's page: nothing of it may be sent in the new person's name.
      client.clear();
      answerSignIn(false);
      await navigate({ to: "/" });
      return;
    }
    answerSignIn(true);
  };
  const leave = () => {
    forget();
    client.clear();
    answerSignIn(false);
    void navigate({ to: "/sign-in" });
  };
  return (
    <Dialog title={t("signin.again_title")} open={asked} alert>
      <p>{t("signin.again")}</p>
      <SignInForm email={email} done={() => void done()} />
      <div>
        <Button look="quiet" onPress={leave}>
          {t("signin.leave")}
        </Button>
      </div>
    </Dialog>
  );
}
