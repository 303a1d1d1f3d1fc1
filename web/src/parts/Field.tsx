import { IconAlertTriangle, IconMinus, IconPlus } from "@tabler/icons-react";
import { type ComponentProps, type ReactNode, useEffect, useId, useRef } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "./Button";
import { Shape } from "./Status";

interface Labelled {
  label: ReactNode;
  hint?: ReactNode;
  error?: string | undefined;
}

function describe(id: string, hint: unknown, error: unknown): { "aria-describedby"?: string } {
  const ids = [hint ? `${id}-hint` : "", error ? `${id}-error` : ""].filter(Boolean).join(" ");
  return ids ? { "aria-describedby": ids } : {};
}

function Around({ id, label, hint, error, children }: Labelled & { id: string; children: ReactNode }) {
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {hint && (
        <span id={`${id}-hint`} className="hint">
          {hint}
        </span>
      )}
      {error && <FieldError id={`${id}-error`}>{error}</FieldError>}
      {children}
    </div>
  );
}

export function FieldError({ id, children }: { id?: string; children: ReactNode }) {
  return (
    <span id={id} className="field-error">
      <IconAlertTriangle size={18} aria-hidden="true" />
      <span>{children}</span>
    </span>
  );
}

type InputProps = ComponentProps<"input"> & Labelled;

export function TextField({ label, hint, error, id: given, ...props }: InputProps) {
  const made = useId();
  const id = given ?? made;
  return (
    <Around id={id} label={label} hint={hint} error={error}>
      <input {...props} id={id} aria-invalid={error ? true : undefined} {...describe(id, hint, error)} />
    </Around>
  );
}

export function SelectField({
  label,
  hint,
  error,
  id: given,
  ...props
}: ComponentProps<"select"> & Labelled) {
  const made = useId();
  const id = given ?? made;
  return (
    <Around id={id} label={label} hint={hint} error={error}>
      <select {...props} id={id} aria-invalid={error ? true : undefined} {...describe(id, hint, error)} />
    </Around>
  );
}

/** A number with large plus and minus, for thumbs. */
export function Stepper({
  label,
  hint,
  error,
  value,
  onChange,
  min = 1,
  max = 99,
  id: given,
}: Labelled & { value: number; onChange: (value: number) => void; min?: number; max?: number; id?: string }) {
  const { t } = useTranslation();
  const made = useId();
  const id = given ?? made;
  const shown = Number.isNaN(value) ? "" : value;
  return (
    <Around id={id} label={label} hint={hint} error={error}>
      <div className="stepper">
        <Button
          look="icon"
          aria-label={t("common.less")}
          isDisabled={value <= min}
          onPress={() => onChange(Math.max(min, (value || min) - 1))}
        >
          <IconMinus size={20} aria-hidden="true" />
        </Button>
        <input
          id={id}
          type="number"
          inputMode="numeric"
          value={shown}
          min={min}
          max={max}
          onChange={(event) => onChange(event.target.valueAsNumber)}
          aria-invalid={error ? true : undefined}
          {...describe(id, hint, error)}
        />
        <Button
          look="icon"
          aria-label={t("common.more")}
          isDisabled={value >= max}
          onPress={() => onChange(Math.min(max, (value || 0) + 1))}
        >
          <IconPlus size={20} aria-hidden="true" />
        </Button>
      </div>
    </Around>
  );
}

export function Choices<T extends string>({
  legend,
  name,
  options,
  value,
  onChange,
  error,
}: {
  legend: string;
  name: string;
  options: readonly { value: T; label: ReactNode }[];
  value: T | undefined;
  onChange: (value: T) => void;
  error?: string | undefined;
}) {
  return (
    <fieldset>
      <legend>{legend}</legend>
      {error && <FieldError>{error}</FieldError>}
      <div className="choices">
        {options.map((option) => (
          <label key={option.value} className="choice">
            <input
              type="radio"
              name={name}
              value={option.value}
              checked={value === option.value}
              onChange={() => onChange(option.value)}
            />
            {option.label}
          </label>
        ))}
      </div>
    </fieldset>
  );
}

/** All errors of a form in one place; takes the focus, each line leads to its field. */
export function ErrorSummary({ errors }: { errors: readonly { field?: string; text: string }[] }) {
  const { t } = useTranslation();
  const box = useRef<HTMLDivElement>(null);
  const print = errors.map((error) => error.text).join("\n");
  useEffect(() => {
    if (print) box.current?.focus();
  }, [print]);
  if (!print) return null;
  return (
    <div className="notice tone-stop" ref={box} tabIndex={-1} role="alert">
      <Shape tone="stop" />
      <strong>{t("error.summary")}</strong>
      <ul className="stack tight" role="list">
        {errors.map(({ field, text }) => (
          <li key={`${field}${text}`}>{field ? <a href={`#${field}`}>{text}</a> : text}</li>
        ))}
      </ul>
    </div>
  );
}
