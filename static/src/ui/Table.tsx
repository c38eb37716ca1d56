/**
 * A table on a wide screen, cards on a phone. Columns and rows flow in. On narrow screens each cell
 * shows its column's name, so nothing scrolls sideways.
 */
import type { ComponentChildren } from "preact";
import "./Table.css";

export interface Column<Row> {
  id: string;
  /** The head; an empty one is for buttons. */
  label: string;
  cell: (row: Row) => ComponentChildren;
  /** The cell that names the row. */
  heads?: boolean;
  end?: boolean;
}

interface TableProps<Row> {
  caption: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  rowKey: (row: Row) => string;
  testid?: string;
}

export function Table<Row>({ caption, columns, rows, rowKey, testid }: TableProps<Row>) {
  return (
    <table class="table" data-testid={testid}>
      <caption class="hidden-text">{caption}</caption>
      <thead>
        <tr>
          {columns.map(column => (
            <th key={column.id} scope="col" class={column.end ? "cell-end" : undefined}>
              {column.label}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(row => (
          <tr key={rowKey(row)} data-row={rowKey(row)}>
            {columns.map(column => cell(column, row))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function cell<Row>(column: Column<Row>, row: Row) {
  const inside = column.cell(row);
  if (column.heads) {
    return (
      <th key={column.id} scope="row" class="cell-head">
        {inside}
      </th>
    );
  }
  return (
    <td key={column.id} data-label={column.label} class={column.end ? "cell-end" : undefined}>
      {inside}
    </td>
  );
}
