#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    ecg2mri::formats::wfdb::decode_annotations(bytes);
});
