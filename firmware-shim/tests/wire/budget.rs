//! The byte budget that the specification states.

use ecg2mri_shim::wire::{MAX_ENCODED_LEN, max_samples_frame_len};

const SPECIFICATION: &str = include_str!("../../spec/wire-format.md");

/// Bytes per second of a UART: start bit, eight data bits, stop bit.
fn link_capacity(baud: usize) -> f64 {
    baud as f64 / 10.0
}

#[test]
fn the_specification_states_the_budget() {
    for rate in [500, 1000, 2000] {
        for samples in [1, 5, 10, 20] {
            let frame = max_samples_frame_len(8, samples);
            let per_second = frame * rate / samples;
            let share = 100.0 * per_second as f64 / link_capacity(921_600);
            let delay = 1000.0 * samples as f64 / rate as f64;
            let row = format!(
                "| {rate} | {samples} | {frame} | {per_second} | {share:.1} % | {delay:.1} ms |"
            );
            assert!(
                SPECIFICATION.contains(&row),
                "the specification lacks\n{row}"
            );
        }
    }
}

/// Bytes that a payload of so many takes on the wire, below the second code byte.
const fn on_the_wire(payload: usize) -> usize {
    16 + payload + 4 + 2
}

#[test]
fn the_specification_states_what_else_goes_over_the_link() {
    for (row, payload) in [
        ("| hello, eight channels | 54 |", 32),
        ("| state | 66 |", 44),
        ("| event | 33 |", 11),
        ("| self-test, eight channels | 140 |", 118),
        ("| acknowledgement | 31 |", 9),
        ("| command | 22 to 27 |", 5),
    ] {
        assert!(SPECIFICATION.contains(row), "the specification lacks {row}");
        let bytes = on_the_wire(payload);
        assert!(row.contains(&format!("{bytes} |")), "{row}: {bytes} bytes");
        assert!(bytes <= MAX_ENCODED_LEN);
    }
    let all = 100 * max_samples_frame_len(8, 10) + on_the_wire(32) + on_the_wire(44);
    let uart = 100.0 * all as f64 / link_capacity(921_600);
    let usb = 100.0 * all as f64 / (19.0 * 64.0 * 1000.0);
    for figure in [
        format!("take {all} bytes per second"),
        format!("{uart:.1} % of"),
        format!("{usb:.1} % of full-speed USB"),
    ] {
        assert!(
            SPECIFICATION.contains(&figure),
            "the specification lacks {figure}"
        );
    }
}
