/** Choosing several of a list: what is chosen as removable chips, and a select that adds one more. */
import { X } from "lucide-preact";
import { t } from "../i18n";
import { Select, type Option } from "./Field";
import "./Picker.css";

interface Props {
  label: string;
  options: readonly Option[];
  chosen: readonly string[];
  onValue: (chosen: string[]) => void;
  error?: string;
  testid?: string;
}

export function Picker({ label, options, chosen, onValue, error, testid }: Props) {
  const left = options.filter(({ value }) => !chosen.includes(value));
  const name = (id: string): string => options.find(({ value }) => value === id)?.label ?? id;
  return (
    <div class="picker" role="group" aria-label={label}>
      <Select
        label={label}
        none={chosen.length > 0 ? t("picker.more") : t("picker.choose")}
        value=""
        options={left}
        onValue={value => value && onValue([...chosen, value])}
        error={error}
        data-testid={testid}
      />
      {chosen.length > 0 && (
        <ul class="row" role="list">
          {chosen.map(id => (
            <li key={id}>
              <button
                type="button"
                class="chip"
                aria-label={t("picker.remove", { name: name(id) })}
                onClick={() => onValue(chosen.filter(value => value !== id))}
              >
                {name(id)}
                <X size={16} aria-hidden />
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
