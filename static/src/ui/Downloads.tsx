/** The same table to take along: a link for each form of file. A path of the API flows in. */
import { FileSpreadsheet, FileText, Sheet } from "lucide-preact";
import { withQuery, type Query } from "../api/client";
import { ButtonLink } from "./Button";

const ICONS = { pdf: FileText, xlsx: FileSpreadsheet, csv: Sheet } as const;
export type Form = keyof typeof ICONS;
const ALL: readonly Form[] = ["pdf", "xlsx", "csv"];

interface DownloadsProps {
  path: string;
  query?: Query;
  forms?: readonly Form[];
  /** Before each form's name. */
  testid: string;
}

export function Downloads({ path, query = {}, forms = ALL, testid }: DownloadsProps) {
  return (
    <>
      {forms.map(form => (
        <ButtonLink
          key={form}
          icon={ICONS[form]}
          href={`/api/v1${withQuery(path, { ...query, form })}`}
          download
          data-testid={`${testid}-${form}`}
        >
          {form.toUpperCase()}
        </ButtonLink>
      ))}
    </>
  );
}
