//! The byte budget that the specification states.

use ecg2mri_shim::wire::max_samples_frame_len;

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
