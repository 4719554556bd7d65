//! Is there mains hum, and of which frequency?

use std::f64::consts::PI;

/// Mains frequencies in use, in Hz.
const CANDIDATES: [f64; 2] = [50.0, 60.0];
/// A hum must stand this far above the spectrum beside it, in power.
const LEAST_RATIO: f64 = 10.0;
/// A hum below this amplitude in millivolts does no harm.
const LEAST_AMPLITUDE: f64 = 0.005;

/// The mains frequency, 50 or 60 Hz, that stands out of the spectrum of `rows` (millivolts, one
/// row per lead, at `sampling_rate` Hz), or `None` if neither does.
///
/// Powers at the frequency are compared with those 3 to 6 Hz to either side, summed over leads.
pub fn mains_frequency(rows: &[Vec<f64>], sampling_rate: f64) -> Option<f64> {
    let window = hann(rows.first().map_or(0, Vec::len));
    let windowed: Vec<Vec<f64>> = rows
        .iter()
        .map(|row| {
            row.iter()
                .zip(&window)
                .map(|(value, weight)| value * weight)
                .collect()
        })
        .collect();
    let mut best: Option<(f64, f64)> = None;
    for frequency in CANDIDATES {
        if frequency + 6.0 >= sampling_rate / 2.0 {
            continue;
        }
        let mut powers = [0.0; LANES];
        for row in &windowed {
            let own = spectral_powers(
                row,
                OFFSETS.map(|offset| (frequency + offset) / sampling_rate),
            );
            powers
                .iter_mut()
                .zip(own)
                .for_each(|(sum, power)| *sum += power);
        }
        let (at, beside) = powers.split_at(AT_MAINS);
        let hum = at.iter().copied().fold(0.0, f64::max);
        let background = beside.iter().sum::<f64>() / beside.len() as f64;
        let amplitude = (hum / rows.len().max(1) as f64).sqrt();
        let ratio = hum / background.max(f64::MIN_POSITIVE);
        let stands_out = ratio >= LEAST_RATIO && amplitude >= LEAST_AMPLITUDE;
        if stands_out && best.is_none_or(|(_, least)| hum > least) {
            best = Some((frequency, hum));
        }
    }
    best.map(|(frequency, _)| frequency)
}

/// Frequencies looked at, in Hz from the mains: at it, since the mains and recorders' clocks wander
/// by some tenths of a hertz, and beside it.
const OFFSETS: [f64; LANES] = [
    -0.2, -0.1, 0.0, 0.1, 0.2, -6.0, -4.5, -3.0, 3.0, 4.0, 5.0, 6.0,
];
const LANES: usize = 12;
/// So many of [`OFFSETS`] are at the mains.
const AT_MAINS: usize = 5;

fn hann(length: usize) -> Vec<f64> {
    (0..length)
        .map(|n| 0.5 - 0.5 * (2.0 * PI * n as f64 / length as f64).cos())
        .collect()
}

/// The squared amplitudes of the sines of `frequencies` (cycles per sample) in `windowed`, a row times
/// the Hann window, by Goertzel's recursion, for all frequencies side by side.
fn spectral_powers(windowed: &[f64], frequencies: [f64; LANES]) -> [f64; LANES] {
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

    fn rows(hum: f64, amplitude: f64) -> Vec<Vec<f64>> {
        let mut state = 1_u64;
        let mut noise = move || {
            state = state
                .wrapping_mul(6364136223846793005)
                .wrapping_add(1442695040888963407);
            (state >> 33) as f64 / f64::from(1_u32 << 31) - 0.5
        };
        (0..3)
            .map(|_| {
                (0..5000)
                    .map(|n| amplitude * (2.0 * PI * hum * n as f64 / 500.0).sin() + 0.05 * noise())
                    .collect()
            })
            .collect()
    }

    #[test]
    fn finds_hum_and_nothing_else() {
        assert_eq!(mains_frequency(&rows(50.0, 0.02), 500.0), Some(50.0));
        assert_eq!(mains_frequency(&rows(60.1, 0.02), 500.0), Some(60.0));
        assert_eq!(mains_frequency(&rows(50.0, 0.0), 500.0), None);
        assert_eq!(mains_frequency(&rows(55.0, 0.5), 500.0), None);
        assert_eq!(mains_frequency(&rows(50.0, 0.5), 100.0), None);
        assert_eq!(mains_frequency(&[], 500.0), None);
    }

    #[test]
    fn power_is_squared_amplitude() {
        let sine = (0..5000).map(|n| 0.3 * (2.0 * PI * 50.0 * n as f64 / 500.0).sin());
        let windowed: Vec<f64> = sine
            .zip(hann(5000))
            .map(|(value, weight)| value * weight)
            .collect();
        let powers = spectral_powers(&windowed, OFFSETS.map(|offset| (50.0 + offset) / 500.0));
        assert!((powers[2] - 0.09).abs() < 1e-6, "{powers:?}");
        assert!(
            powers[AT_MAINS..].iter().all(|&power| power < 1e-6),
            "{powers:?}"
        );
    }
}
