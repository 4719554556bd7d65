#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    ecg2mri_fuzz::wire::decode(bytes);
});
