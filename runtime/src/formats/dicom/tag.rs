//! The elements of a DICOM object that are read (PS3.6), and which of them are sequences.

/// Group number in the upper half, element number in the lower.
pub(super) type Tag = u32;

pub(super) const TRANSFER_SYNTAX: Tag = 0x0002_0010;
pub(super) const CODE_VALUE: Tag = 0x0008_0100;
pub(super) const CODING_SCHEME: Tag = 0x0008_0102;
pub(super) const CODE_MEANING: Tag = 0x0008_0104;
pub(super) const PATIENT_ID: Tag = 0x0010_0020;
pub(super) const PATIENT_SEX: Tag = 0x0010_0040;
pub(super) const PATIENT_AGE: Tag = 0x0010_1010;
pub(super) const GROUP_TIME_OFFSET: Tag = 0x0018_1068;
pub(super) const WAVEFORM_ORIGINALITY: Tag = 0x003a_0004;
pub(super) const CHANNELS: Tag = 0x003a_0005;
pub(super) const SAMPLES: Tag = 0x003a_0010;
pub(super) const SAMPLING_FREQUENCY: Tag = 0x003a_001a;
pub(super) const GROUP_LABEL: Tag = 0x003a_0020;
pub(super) const CHANNEL_DEFINITIONS: Tag = 0x003a_0200;
pub(super) const CHANNEL_LABEL: Tag = 0x003a_0203;
pub(super) const CHANNEL_SOURCE: Tag = 0x003a_0208;
pub(super) const SENSITIVITY: Tag = 0x003a_0210;
pub(super) const SENSITIVITY_UNITS: Tag = 0x003a_0211;
pub(super) const SENSITIVITY_CORRECTION: Tag = 0x003a_0212;
pub(super) const BASELINE: Tag = 0x003a_0213;
pub(super) const TIME_SKEW: Tag = 0x003a_0214;
pub(super) const SAMPLE_SKEW: Tag = 0x003a_0215;
pub(super) const MEASUREMENT_UNITS: Tag = 0x0040_08ea;
pub(super) const CONCEPT_NAME: Tag = 0x0040_a043;
pub(super) const REFERENCED_CHANNELS: Tag = 0x0040_a0b0;
pub(super) const NUMERIC_VALUE: Tag = 0x0040_a30a;
pub(super) const ANNOTATIONS: Tag = 0x0040_b020;
pub(super) const UNFORMATTED_TEXT: Tag = 0x0070_0006;
pub(super) const WAVEFORMS: Tag = 0x5400_0100;
pub(super) const BITS_ALLOCATED: Tag = 0x5400_1004;
pub(super) const SAMPLE_INTERPRETATION: Tag = 0x5400_1006;
pub(super) const PADDING_VALUE: Tag = 0x5400_100a;
pub(super) const WAVEFORM_DATA: Tag = 0x5400_1010;

/// What may follow this element is of no interest, and may be compressed.
pub(super) const PIXEL_DATA: Tag = 0x7fe0_0010;
pub(super) const ITEM: Tag = 0xfffe_e000;
pub(super) const ITEM_END: Tag = 0xfffe_e00d;
pub(super) const SEQUENCE_END: Tag = 0xfffe_e0dd;

/// The sequences read, as implicit VR does not say which elements are sequences.
pub(super) const SEQUENCES: [Tag; 7] = [
    CHANNEL_DEFINITIONS,
    CHANNEL_SOURCE,
    SENSITIVITY_UNITS,
    MEASUREMENT_UNITS,
    CONCEPT_NAME,
    ANNOTATIONS,
    WAVEFORMS,
];

/// Elements with their names.
const NAMES: [(Tag, &str); 34] = [
    (TRANSFER_SYNTAX, "Transfer Syntax UID"),
    (CODE_VALUE, "Code Value"),
    (CODING_SCHEME, "Coding Scheme Designator"),
    (CODE_MEANING, "Code Meaning"),
    (PATIENT_ID, "Patient ID"),
    (PATIENT_SEX, "Patient's Sex"),
    (PATIENT_AGE, "Patient's Age"),
    (GROUP_TIME_OFFSET, "Multiplex Group Time Offset"),
    (WAVEFORM_ORIGINALITY, "Waveform Originality"),
    (CHANNELS, "Number of Waveform Channels"),
    (SAMPLES, "Number of Waveform Samples"),
    (SAMPLING_FREQUENCY, "Sampling Frequency"),
    (GROUP_LABEL, "Multiplex Group Label"),
    (CHANNEL_DEFINITIONS, "Channel Definition Sequence"),
    (CHANNEL_LABEL, "Channel Label"),
    (CHANNEL_SOURCE, "Channel Source Sequence"),
    (SENSITIVITY, "Channel Sensitivity"),
    (SENSITIVITY_UNITS, "Channel Sensitivity Units Sequence"),
    (
        SENSITIVITY_CORRECTION,
        "Channel Sensitivity Correction Factor",
    ),
    (BASELINE, "Channel Baseline"),
    (TIME_SKEW, "Channel Time Skew"),
    (SAMPLE_SKEW, "Channel Sample Skew"),
    (MEASUREMENT_UNITS, "Measurement Units Code Sequence"),
    (CONCEPT_NAME, "Concept Name Code Sequence"),
    (REFERENCED_CHANNELS, "Referenced Waveform Channels"),
    (NUMERIC_VALUE, "Numeric Value"),
    (ANNOTATIONS, "Waveform Annotation Sequence"),
    (UNFORMATTED_TEXT, "Unformatted Text Value"),
    (WAVEFORMS, "Waveform Sequence"),
    (BITS_ALLOCATED, "Waveform Bits Allocated"),
    (SAMPLE_INTERPRETATION, "Waveform Sample Interpretation"),
    (PADDING_VALUE, "Waveform Padding Value"),
    (WAVEFORM_DATA, "Waveform Data"),
    (PIXEL_DATA, "Pixel Data"),
];

/// Whether the element is kept when an object is read.
pub(super) fn is_read(tag: Tag) -> bool {
    NAMES.iter().any(|&(known, _)| known == tag)
}

/// The element as it is printed in dumps: number and, where it is one of those read, name.
pub(super) fn name(tag: Tag) -> String {
    let number = format!("({:04x},{:04x})", tag >> 16, tag & 0xffff);
    match NAMES.iter().find(|&&(known, _)| known == tag) {
        Some((_, name)) => format!("{number} {name}"),
        None => number,
    }
}
