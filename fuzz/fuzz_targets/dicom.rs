#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| ecg2mri_fuzz::in_own_folder(
    ecg2mri::formats::Format::Dicom,
    bytes
));
