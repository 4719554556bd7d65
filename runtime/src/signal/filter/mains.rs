//! Is there mains hum, and of which frequency?

use std::f64::consts::PI;

/// Mains frequencies in use, in Hz.
const CANDIDATES: [f64; 2] = [50.0, 60.0];
/// A hum must stand this far above the largest line beside it, in power.
const LEAST_RATIO: f64 = 5.0;
/// A hum below this amplitude in millivolts does no harm.
const LEAST_AMPLITUDE: f64 = 0.005;

/// Seconds of the pieces whose spectra are averaged. The lines of a longer piece would be
/// narrower than the steps of [`offsets`], and fall between them.
const PIECE_SECONDS: f64 = 10.0;

/// The mains frequency, 50 or 60 Hz, that stands out of the spectrum of `rows` (millivolts, one
/// row per lead, at `sampling_rate` Hz), or `None` if neither does.
///
/// The power at the frequency is compared with the largest 3 to 6 Hz to either side, summed over
/// leads: the spectrum of a regular rhythm is all lines, some of which may lie at the mains, but
/// then there are others beside it. Powers are averaged over pieces of 10 s.
pub fn mains_frequency(rows: &[Vec<f64>], sampling_rate: f64) -> Option<f64> {
    let length = rows.first().map_or(0, Vec::len);
    let pieces = pieces(length, (PIECE_SECONDS * sampling_rate) as usize);
    let window = hann(pieces.first().map_or(0, |piece| piece.len()));
    let windowed: Vec<Vec<f64>> = rows
        .iter()
        .flat_map(|row| pieces.iter().filter_map(|piece| row.get(piece.clone())))
        .map(|piece| {
            piece
                .iter()
                .zip(&window)
                .map(|(value, weight)| value * weight)
                .collect()
        })
        .collect();
    let mut best: Option<(f64, f64)> = None;
    for frequency in CANDIDATES {
        if frequency + FARTHEST >= sampling_rate / 2.0 {
            continue;
        }
        let hum = largest_power(&windowed, frequency, sampling_rate, OFFSETS_AT);
        let amplitude = (hum / windowed.len().max(1) as f64).sqrt();
        if amplitude < LEAST_AMPLITUDE {
            // Most recordings end here, at a tenth of the work.
            continue;
        }
        let background = largest_power(&windowed, frequency, sampling_rate, offsets_beside());
        let stands_out = hum / background.max(f64::MIN_POSITIVE) >= LEAST_RATIO;
        if stands_out && best.is_none_or(|(_, least)| hum > least) {
            best = Some((frequency, hum));
        }
    }
    best.map(|(frequency, _)| frequency)
}

/// So many frequencies are looked at within 0.5 Hz of the mains, as far as the mains (EN 50160
/// allows 1 % for 99.5 % of a year) and recorders' clocks wander, and so many to either side.
const AT_MAINS: usize = 11;
const BESIDE: usize = 31;
/// Where, in Hz from the mains.
const OFFSETS_AT: [f64; AT_MAINS] = [-0.5, -0.4, -0.3, -0.2, -0.1, 0.0, 0.1, 0.2, 0.3, 0.4, 0.5];
/// The nearest and farthest frequency beside the mains, in Hz from it.
const NEAREST: f64 = 3.0;
const FARTHEST: f64 = 6.0;

/// The frequencies beside the mains that are looked at, in Hz from it.
fn offsets_beside() -> [f64; 2 * BESIDE] {
    std::array::from_fn(|lane| {
        let step = (FARTHEST - NEAREST) / (BESIDE - 1) as f64;
        let distance = NEAREST + step * (lane % BESIDE) as f64;
        if lane < BESIDE { -distance } else { distance }
    })
}

/// The largest power, summed over `windowed` pieces, among the frequencies at `offsets` from `frequency`.
fn largest_power<const LANES: usize>(
    windowed: &[Vec<f64>],
    frequency: f64,
    sampling_rate: f64,
    offsets: [f64; LANES],
) -> f64 {
    let frequencies = offsets.map(|offset| (frequency + offset) / sampling_rate);
    let mut powers = [0.0; LANES];
    for piece in windowed {
        let own = spectral_powers(piece, frequencies);
        powers
            .iter_mut()
            .zip(own)
            .for_each(|(sum, power)| *sum += power);
    }
    powers.into_iter().fold(0.0, f64::max)
}

/// Pieces of `piece` samples that cover `length` samples evenly, overlapping where they must; all
/// of a shorter signal is one piece.
fn pieces(length: usize, piece: usize) -> Vec<std::ops::Range<usize>> {
    if length <= piece || piece == 0 {
        return std::iter::once(0..length).collect();
    }
    let count = length.div_ceil(piece);
    (0..count)
        .map(|number| number * (length - piece) / (count - 1))
        .map(|start| start..start + piece)
        .collect()
}

fn hann(length: usize) -> Vec<f64> {
    (0..length)
        .map(|n| 0.5 - 0.5 * (2.0 * PI * n as f64 / length as f64).cos())
        .collect()
}

/// The squared amplitudes of the sines of `frequencies` (cycles per sample) in `windowed`, a row times
/// the Hann window, by Goertzel's recursion, for all frequencies side by side.
fn spectral_powers<const LANES: usize>(
    windowed: &[f64],
    frequencies: [f64; LANES],
) -> [f64; LANES] {
    let coefficients = frequencies.map(|frequency| 2.0 * (2.0 * PI * frequency).cos());
    let (mut previous, mut before) = ([0.0; LANES], [0.0; LANES]);
    for &value in windowed {
        for lane in 0..LANES {
            let current = value + coefficients[lane] * previous[lane] - before[lane];
            before[lane] = previous[lane];
            previous[lane] = current;
        }
    }
    // A sine of amplitude 1 has |X| = length / 2 · mean of the window.
    let unit = (windowed.len() as f64 / 4.0).powi(2);
    std::array::from_fn(|lane| {
        let (last, other) = (previous[lane], before[lane]);
        (last * last + other * other - coefficients[lane] * last * other) / unit
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Three leads of `seconds` at 500 Hz: hum of this frequency and amplitude, and noise.
    fn hum(frequency: f64, amplitude: f64, seconds: usize) -> Vec<Vec<f64>> {
        let mut state = 1_u64;
        let mut noise = move || {
            state = state
                .wrapping_mul(6364136223846793005)
                .wrapping_add(1442695040888963407);
            (state >> 33) as f64 / f64::from(1_u32 << 31) - 0.5
        };
        let length = seconds * 500;
        (0..3)
            .map(|_| {
                (0..length)
                    .map(|n| {
                        let sine = (2.0 * PI * frequency * n as f64 / 500.0).sin();
                        amplitude * sine + 0.05 * noise()
                    })
                    .collect()
            })
            .collect()
    }

    #[test]
    fn finds_hum_and_nothing_else() {
        let found = |frequency, amplitude| mains_frequency(&hum(frequency, amplitude, 10), 500.0);
        assert_eq!(found(50.0, 0.02), Some(50.0));
        assert_eq!(found(60.1, 0.02), Some(60.0));
        assert_eq!(found(50.0, 0.0), None);
        assert_eq!(found(55.0, 0.5), None);
        assert_eq!(mains_frequency(&hum(50.0, 0.5, 10), 100.0), None);
        assert_eq!(mains_frequency(&[], 500.0), None);
        assert_eq!(mains_frequency(&[vec![]], 500.0), None);
    }

    #[test]
    fn finds_hum_however_long_the_recording() {
        for seconds in [4, 11, 15, 29, 60, 120] {
            for frequency in [49.9, 50.0, 50.03, 50.05] {
                assert_eq!(
                    mains_frequency(&hum(frequency, 0.02, seconds), 500.0),
                    Some(50.0),
                    "{frequency} Hz, {seconds} s"
                );
            }
        }
    }

    /// 50 and 60 Hz are harmonics of these rates.
    #[test]
    fn a_regular_rhythm_is_no_hum() {
        for rate in [60.0, 75.0, 100.0, 120.0, 150.0, 200.0, 250.0] {
            for seconds in [10, 15, 60] {
                let mut rows = hum(50.0, 0.0, seconds);
                for value in rows.iter_mut().flatten() {
                    *value *= 0.2;
                }
                for row in &mut rows {
                    for (n, value) in row.iter_mut().enumerate() {
                        let period = 60.0 / rate;
                        let phase = (n as f64 / 500.0) % period - period / 2.0;
                        *value += 3.0 * (-(phase / 0.01).powi(2)).exp();
                    }
                }
                assert_eq!(
                    mains_frequency(&rows, 500.0),
                    None,
                    "{rate} bpm, {seconds} s"
                );
            }
        }
    }

    #[test]
    fn pieces_cover_everything() {
        let starts = |length, piece| -> Vec<usize> {
            let pieces = pieces(length, piece);
            assert!(pieces.iter().all(|range| range.len() == piece.min(length)));
            pieces.iter().map(|range| range.start).collect()
        };
        assert_eq!(starts(5000, 5000), [0]);
        assert_eq!(starts(3, 5000), [0]);
        assert_eq!(starts(5001, 5000), [0, 1]);
        assert_eq!(starts(11, 5), [0, 3, 6]);
    }

    #[test]
    fn power_is_squared_amplitude() {
        let sine = (0..5000).map(|n| 0.3 * (2.0 * PI * 50.0 * n as f64 / 500.0).sin());
        let windowed: Vec<f64> = sine
            .zip(hann(5000))
            .map(|(value, weight)| value * weight)
            .collect();
        let at = spectral_powers(&windowed, OFFSETS_AT.map(|offset| (50.0 + offset) / 500.0));
        assert!((at[AT_MAINS / 2] - 0.09).abs() < 1e-6, "{at:?}");
        let beside = offsets_beside().map(|offset| (50.0 + offset) / 500.0);
        let beside = spectral_powers(&windowed, beside);
        assert!(beside.iter().all(|&power| power < 1e-6), "{beside:?}");
    }
}
