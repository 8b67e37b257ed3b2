//! Files of arrow-rs. See README.md.

use arrow_array::builder::{Int32Builder, ListBuilder, StringDictionaryBuilder};
use arrow_array::types::Int32Type;
use arrow_array::{
    ArrayRef, BooleanArray, Float64Array, Int8Array, Int64Array, RecordBatch, StringArray, StringViewArray, StructArray,
    TimestampMicrosecondArray, UInt64Array,
};
use arrow_ipc::CompressionType;
use arrow_ipc::writer::{FileWriter, IpcWriteOptions, StreamWriter};
use arrow_schema::{DataType, Field};
use std::fs::File;
use std::sync::Arc;

fn write(name: &str, batches: &[RecordBatch], compression: Option<CompressionType>) {
    let directory = std::env::args().nth(1).expect("a directory");
    let file = File::create(format!("{directory}/rust-{name}")).expect("a file");
    let options = IpcWriteOptions::default().try_with_compression(compression).expect("options");
    let schema = batches[0].schema();
    if name.ends_with(".arrows") {
        let mut writer = StreamWriter::try_new_with_options(file, &schema, options).expect("a writer");
        batches.iter().for_each(|batch| writer.write(batch).expect("a batch"));
        writer.finish().expect("the end");
    } else {
        let mut writer = FileWriter::try_new_with_options(file, &schema, options).expect("a writer");
        batches.iter().for_each(|batch| writer.write(batch).expect("a batch"));
        writer.finish().expect("the end");
    }
}

fn batch(columns: Vec<(&str, ArrayRef)>) -> RecordBatch {
    RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(name, array)| (name, array, true))).expect("a batch")
}

fn main() {
    let texts = [Some("größe"), None, Some("日本語 of more than twelve bytes")];
    let plain = batch(vec![
        ("i8", Arc::new(Int8Array::from(vec![Some(-128), None, Some(127)]))),
        ("u64", Arc::new(UInt64Array::from(vec![Some(u64::MAX), None, Some(0)]))),
        ("f64", Arc::new(Float64Array::from(vec![Some(0.1), None, Some(-0.0)]))),
        ("truth", Arc::new(BooleanArray::from(vec![Some(true), None, Some(false)]))),
        ("text", Arc::new(StringArray::from(texts.to_vec()))),
        ("view", Arc::new(StringViewArray::from(texts.to_vec()))),
        (
            "time",
            Arc::new(TimestampMicrosecondArray::from(vec![Some(0), None, Some(1_700_000_000_000_000)]).with_timezone("UTC")),
        ),
    ]);
    let mut list = ListBuilder::new(Int32Builder::new());
    list.append_value([Some(1), None]);
    list.append_null();
    list.append_value([]);
    let structure = StructArray::from(vec![
        (
            Arc::new(Field::new("a", DataType::Int64, true)),
            Arc::new(Int64Array::from(vec![Some(1), None, Some(3)])) as ArrayRef,
        ),
        (Arc::new(Field::new("b", DataType::Utf8, true)), Arc::new(StringArray::from(texts.to_vec())) as ArrayRef),
    ]);
    let nested = batch(vec![("list", Arc::new(list.finish())), ("struct", Arc::new(structure))]);
    let mut word = StringDictionaryBuilder::<Int32Type>::new();
    word.extend([Some("b"), Some("a"), None, Some("b")]);
    let encoded = batch(vec![("word", Arc::new(word.finish()))]);

    write("plain.arrow", &[plain.clone()], None);
    write("batches.arrow", &[plain.slice(0, 2), plain.slice(0, 0), plain.slice(2, 1)], None);
    write("no-rows.arrow", &[plain.slice(0, 0)], None);
    write("nested.arrow", &[nested.clone(), nested.slice(1, 2)], None);
    write("dictionary.arrow", &[encoded.clone(), encoded.slice(1, 2)], None);
    write("lz4.arrow", &[plain.clone(), plain.slice(1, 1)], Some(CompressionType::LZ4_FRAME));
    write("zstd.arrow", &[nested], Some(CompressionType::ZSTD));
    write("plain.arrows", &[plain.clone(), plain], None);
    write("dictionary.arrows", &[encoded], None);
}
