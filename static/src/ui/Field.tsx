/**
 * Labelled controls: text, select, check box, switch. A label, a hint and an error flow in; the three are
 * tied together by ids, so that a screen reader hears what an eye sees.
 */
import type {
  ComponentChildren,
  InputHTMLAttributes,
  SelectHTMLAttributes,
  TextareaHTMLAttributes,
} from "preact";
import { useId, useState } from "preact/hooks";
import { Eye, EyeOff } from "lucide-preact";
import { t } from "../i18n";
import { IconButton } from "./Button";
import "./Field.css";

interface Words {
  label: string;
  hint?: ComponentChildren;
  error?: string | undefined;
  /** Keep the label for screen readers only; for filters whose purpose is plain to see. */
  bare?: boolean;
}

function Frame({ id, words, children }: { id: string; words: Words; children: ComponentChildren }) {
  return (
    <div class={words.error ? "field field-wrong" : "field"}>
      <label for={id} class={words.bare ? "hidden-text" : "field-label"}>
        {words.label}
      </label>
      {children}
      {words.hint && (
        <div class="field-hint" id={`${id}-hint`}>
          {words.hint}
        </div>
      )}
      {words.error && (
        <div class="field-error" id={`${id}-error`} role="alert">
          {words.error}
        </div>
      )}
    </div>
  );
}

function described(id: string, words: Words): string | undefined {
  const ids = [words.hint && `${id}-hint`, words.error && `${id}-error`].filter(Boolean);
  return ids.length > 0 ? ids.join(" ") : undefined;
}

type InputProps = Words &
  Omit<InputHTMLAttributes<HTMLInputElement>, "label" | "onInput" | "value"> & {
    value: string;
    onValue: (value: string) => void;
  };

export function Field({ label, hint, error, bare, value, onValue, ...rest }: InputProps) {
  const own = useId();
  const id = typeof rest.id === "string" ? rest.id : own;
  const words = { label, hint, error, bare: bare ?? false };
  return (
    <Frame id={id} words={words}>
      <input
        type="text"
        {...rest}
        id={id}
        class="input"
        value={value}
        aria-invalid={error ? true : undefined}
        aria-describedby={described(id, words)}
        onInput={event => onValue(event.currentTarget.value)}
      />
    </Frame>
  );
}

/** A password with a button to look at what was typed. */
export function PasswordField({ label, hint, error, value, onValue, ...rest }: InputProps) {
  const own = useId();
  const [shown, setShown] = useState(false);
  const words = { label, hint, error };
  return (
    <Frame id={own} words={words}>
      <div class="input-with-button">
        <input
          {...rest}
          id={own}
          class="input"
          type={shown ? "text" : "password"}
          autocapitalize="none"
          spellcheck={false}
          value={value}
          aria-invalid={error ? true : undefined}
          aria-describedby={described(own, words)}
          onInput={event => onValue(event.currentTarget.value)}
        />
        <IconButton
          icon={shown ? EyeOff : Eye}
          label={shown ? t("field.hide_password") : t("field.show_password")}
          aria-pressed={shown}
          onClick={() => setShown(!shown)}
        />
      </div>
    </Frame>
  );
}

type AreaProps = Words &
  Omit<TextareaHTMLAttributes<HTMLTextAreaElement>, "label" | "onInput" | "value"> & {
    value: string;
    onValue: (value: string) => void;
  };

export function TextArea({ label, hint, error, value, onValue, ...rest }: AreaProps) {
  const id = useId();
  const words = { label, hint, error };
  return (
    <Frame id={id} words={words}>
      <textarea
        rows={3}
        {...rest}
        id={id}
        class="input"
        value={value}
        aria-describedby={described(id, words)}
        onInput={event => onValue(event.currentTarget.value)}
      />
    </Frame>
  );
}

export interface Option {
  value: string;
  label: string;
  disabled?: boolean;
}

type SelectProps = Words &
  Omit<SelectHTMLAttributes<HTMLSelectElement>, "label" | "onChange" | "value"> & {
    value: string;
    onValue: (value: string) => void;
    options: readonly Option[];
    /** Text of an empty first choice. */
    none?: string;
  };

export function Select({ label, hint, error, bare, value, onValue, options, none, ...rest }: SelectProps) {
  const id = useId();
  const words = { label, hint, error, bare: bare ?? false };
  return (
    <Frame id={id} words={words}>
      <select
        {...rest}
        id={id}
        class="input select"
        value={value}
        aria-invalid={error ? true : undefined}
        aria-describedby={described(id, words)}
        onChange={event => onValue(event.currentTarget.value)}
      >
        {none !== undefined && <option value="">{none}</option>}
        {options.map(option => (
          <option key={option.value} value={option.value} disabled={option.disabled}>
            {option.label}
          </option>
        ))}
      </select>
    </Frame>
  );
}

type CheckProps = { label: ComponentChildren; checked: boolean; onValue: (checked: boolean) => void } & Omit<
  InputHTMLAttributes<HTMLInputElement>,
  "label" | "checked" | "onChange"
>;

export function Check({ label, checked, onValue, ...rest }: CheckProps) {
  return (
    <label class="check">
      <input
        {...rest}
        type="checkbox"
        checked={checked}
        onChange={event => onValue(event.currentTarget.checked)}
      />
      <span>{label}</span>
    </label>
  );
}

/** A short list of choices of which one holds, drawn as joined buttons. */
export function Choice(props: {
  label: string;
  value: string;
  options: readonly Option[];
  onValue: (value: string) => void;
  testid?: string;
  bare?: boolean;
}) {
  const name = useId();
  return (
    <fieldset class="field" data-testid={props.testid}>
      <legend class={props.bare ? "hidden-text" : "field-label"}>{props.label}</legend>
      <div class="choice">
        {props.options.map(option => (
          <label key={option.value} class="choice-one">
            <input
              type="radio"
              name={name}
              value={option.value}
              checked={option.value === props.value}
              disabled={option.disabled ?? false}
              onChange={() => props.onValue(option.value)}
            />
            <span>{option.label}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
