// Files of Arrow JavaScript. See README.md.

import { writeFileSync } from "node:fs";
import * as arrow from "apache-arrow";

const out = process.argv[2];

const plain = new arrow.Table({
  i8: arrow.vectorFromArray([-128, null, 127], new arrow.Int8()),
  u64: arrow.vectorFromArray([18446744073709551615n, null, 0n], new arrow.Uint64()),
  f64: arrow.vectorFromArray([0.1, null, -0], new arrow.Float64()),
  truth: arrow.vectorFromArray([true, null, false], new arrow.Bool()),
  text: arrow.vectorFromArray(["größe", null, "日本語 of more than twelve bytes"], new arrow.Utf8()),
  day: arrow.vectorFromArray([new Date(0), null, new Date(1641600000000)], new arrow.DateDay()),
});

const nested = new arrow.Table({
  list: arrow.vectorFromArray([[1, null], null, []], new arrow.List(new arrow.Field("item", new arrow.Int32(), true))),
  struct: arrow.vectorFromArray(
    [{ a: 1n, b: "x" }, null, { a: null, b: null }],
    new arrow.Struct([new arrow.Field("a", new arrow.Int64(), true), new arrow.Field("b", new arrow.Utf8(), true)]),
  ),
});

const encoded = new arrow.Table({
  word: arrow.vectorFromArray(["b", "a", null, "b"], new arrow.Dictionary(new arrow.Utf8(), new arrow.Int32())),
});

for (const [name, table] of Object.entries({ plain, nested, dictionary: encoded, batches: plain.concat(plain.slice(1)), "no-rows": plain.slice(0, 0) })) {
  writeFileSync(`${out}/javascript-${name}.arrow`, arrow.tableToIPC(table, "file"));
}
writeFileSync(`${out}/javascript-plain.arrows`, arrow.tableToIPC(plain, "stream"));
