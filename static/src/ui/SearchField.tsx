/**
 * The field in which one searches a list: a magnifying glass in it, its name for screen readers alone.
 */
import { Search } from "lucide-preact";
import { Field } from "./Field";
import "./SearchField.css";

interface Props {
  label: string;
  value: string;
  onValue(value: string): void;
  testid: string;
}

export function SearchField({ label, value, onValue, testid }: Props) {
  return (
    <div class="search-field">
      <Search size={20} aria-hidden />
      <Field
        bare
        label={label}
        placeholder={label}
        type="search"
        value={value}
        onValue={onValue}
        data-testid={testid}
      />
    </div>
  );
}
