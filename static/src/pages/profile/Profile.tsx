/** The personal page: language and theme, password, second factor, sessions, tokens for programs. */
import { LogOut, ScrollText } from "lucide-preact";
import { patch } from "../../api/client";
import { isLanguage, language, LANGUAGE_NAMES, LANGUAGES, setLanguage, t } from "../../i18n";
import { logout, me } from "../../state/me";
import { isTheme, setTheme, theme, THEMES } from "../../theme";
import { Avatar, Badge } from "../../ui/Badge";
import { Button, ButtonLink } from "../../ui/Button";
import { Choice } from "../../ui/Field";
import { useDoing } from "../../ui/hooks";
import { Card, Page } from "../../ui/Shell";
import { themeWord } from "../../ui/Switches";
import { toast } from "../../ui/Toast";
import { explain } from "../../api/explain";
import { PasswordForm } from "../settle/PasswordForm";
import { CalendarFeed } from "./CalendarFeed";
import { NoticeChoices } from "./NoticeChoices";
import { Sessions } from "./Sessions";
import { Tokens } from "./Tokens";
import { TwoFactor } from "./TwoFactor";
import "../lesson/lesson.css";
import "./profile.css";

/** Keep a choice on the account too; on the device it holds already. */
async function keep(change: { language?: string; theme?: string }): Promise<void> {
  try {
    await patch("/me", change);
    if (me.value) me.value = { ...me.value, ...(change as Partial<typeof me.value>) };
  } catch (error) {
    toast(explain(error), "fault");
  }
}

export default function Profile() {
  const leaving = useDoing();
  const person = me.value;
  if (!person) return null;
  return (
    <Page
      narrow
      title={t("nav.profile")}
      testid="profile"
      actions={
        <Button
          icon={LogOut}
          busy={leaving.busy}
          onClick={() => void leaving.run(logout)}
          data-testid="logout"
        >
          {t("action.logout")}
        </Button>
      }
    >
      <Card>
        <div class="profile-person">
          <Avatar name={person.name} id={person.id} size={64} />
          <div class="stack-tight">
            <h2>{person.name}</h2>
            <p class="muted">
              {t("login.login")}: <span class="mono">{person.login}</span>
            </p>
            <ul class="row" role="list" aria-label={t("profile.roles")}>
              {person.roles.map(role => (
                <li key={`${role.role} ${role.scope}`}>
                  <Badge tone="accent">
                    {t(`role.${role.role}`)}
                    {role.scope_name && `: ${role.scope_name}`}
                  </Badge>
                </li>
              ))}
            </ul>
          </div>
        </div>
      </Card>
      <Card title={t("profile.looks")}>
        <div class="profile-looks">
          <Choice
            label={t("switch.language")}
            value={language.value}
            options={LANGUAGES.map(value => ({ value, label: LANGUAGE_NAMES[value] }))}
            onValue={value => {
              if (isLanguage(value)) void setLanguage(value).then(() => keep({ language: value }));
            }}
            testid="profile-language"
          />
          <Choice
            label={t("switch.theme")}
            value={theme.value}
            options={THEMES.map(value => ({ value, label: themeWord(value) }))}
            onValue={value => {
              if (isTheme(value)) {
                setTheme(value);
                void keep({ theme: value });
              }
            }}
            testid="profile-theme"
          />
        </div>
      </Card>
      {person.kind === "account" && (
        <>
          <NoticeChoices />
          <Card title={t("profile.password")}>
            <PasswordForm login={person.login} onDone={() => toast(t("password.changed"))} />
          </Card>
          <TwoFactor on={person.two_factor} />
          <Sessions />
          <CalendarFeed />
          <Tokens />
          <Card title={t("written.title")}>
            <p class="muted">{t("written.lead")}</p>
            <div class="row">
              <ButtonLink icon={ScrollText} href="/profile/written" data-testid="profile-written">
                {t("written.open")}
              </ButtonLink>
            </div>
          </Card>
        </>
      )}
    </Page>
  );
}
