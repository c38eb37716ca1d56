/** To whom the next line goes: everybody, or one person who alone will read it. */
import { Lock } from "lucide-preact";
import { language, t } from "../../i18n";
import { useDesk } from "../context";
import { inOrder } from "../layout";

export function Recipient() {
  const { room, to } = useDesk();
  const { state } = room;
  const others = inOrder(state.others.value, "", language.value);
  const gone = to.value !== "" && !state.people.value.has(to.value);
  return (
    <div class={to.value ? "recipient recipient-private" : "recipient"}>
      {to.value && <Lock size={16} aria-hidden />}
      <label class="recipient-label">
        <span class="small">{t("talk.to")}</span>
        <select
          value={to.value}
          onChange={event => (to.value = event.currentTarget.value)}
          data-testid="chat-to"
        >
          <option value="">{t("talk.to_all")}</option>
          {gone && <option value={to.value}>{state.name(to.value)}</option>}
          {others.map(person => (
            <option key={person.id} value={person.id}>
              {person.role === "teacher" ? `${person.name} (${t("class.role.teacher")})` : person.name}
            </option>
          ))}
        </select>
      </label>
    </div>
  );
}
