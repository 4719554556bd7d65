//! Faults of single leads: contact, noise, stray or missing beats, gain.

use std::f64::consts::TAU;
use std::ops::Range;

use ecg2mri::Ecg;
use ecg2mri::signal::detect_qrs;
use ecg2mri::signal::quality::Reason;

use super::{CHEST, Fault, changed};

/// All of them.
pub fn faults() -> Vec<Fault> {
    [contact(), noise(), beats(), gain()]
        .into_iter()
        .flatten()
        .collect()
}

/// Numbers between -1 and 1 that look random (splitmix64).
struct Noise(u64);

impl Noise {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^= bits >> 31;
        (bits >> 11) as f64 / (1_u64 << 52) as f64 - 1.0
    }

    fn below(&mut self, count: usize) -> usize {
        (((self.next() + 1.0) / 2.0 * count as f64) as usize).min(count - 1)
    }

    /// Muscle noise: white noise without what is slow, with a root mean square of `size`.
    fn muscle(&mut self, length: usize, size: f64) -> Vec<f64> {
        let mut before = 0.0;
        (0..length)
            .map(|_| {
                let now = self.next();
                let step = now - 0.6 * before;
                before = now;
                step * size * (3.0_f64 / (1.0 + 0.36)).sqrt()
            })
            .collect()
    }

    /// What an amplifier shows whose electrode hangs in the air: hum and drift.
    fn open_input(&mut self, length: usize, rate: f64) -> Vec<f64> {
        let (phase, mut drift) = (self.next() * TAU, 0.0);
        (0..length)
            .map(|n| {
                drift = 0.999 * drift + 0.01 * self.next();
                drift + 0.2 * (TAU * 50.0 * n as f64 / rate + phase).sin() + 0.02 * self.next()
            })
            .collect()
    }
}

fn add(row: &mut [f32], values: impl IntoIterator<Item = f64>) {
    for (sample, value) in row.iter_mut().zip(values) {
        *sample += value as f32;
    }
}

fn contact() -> Vec<Fault> {
    let no_beat = |reason: &Reason| {
        matches!(
            reason,
            Reason::NoHeartbeat { .. } | Reason::Unprocessable(_)
        )
    };
    let dropout = |reason: &Reason| matches!(reason, Reason::Dropout { .. });
    let flat = |ecg: &Ecg, seed: u64| {
        changed(ecg, |rows| {
            let lead = Noise(seed).below(12);
            rows[lead].fill(0.01);
        })
    };
    let open = |ecg: &Ecg, seed: u64| {
        let rate = ecg.sampling_rate();
        changed(ecg, |rows| {
            let mut noise = Noise(seed);
            let row = &mut rows[CHEST.start + noise.below(6)];
            let length = row.len();
            row.fill(0.0);
            add(row, noise.open_input(length, rate));
        })
    };
    let clipped = |ecg: &Ecg, seed: u64| {
        changed(ecg, |rows| {
            let row = &mut rows[Noise(seed).below(12)];
            let mut sorted = row.clone();
            sorted.sort_unstable_by(f32::total_cmp);
            let middle = sorted[sorted.len() / 2];
            let mut heights: Vec<f32> = row.iter().map(|value| (value - middle).abs()).collect();
            heights.sort_unstable_by(f32::total_cmp);
            // The height of QRS complexes, not of the one that sticks out.
            let limit = 0.5 * heights[heights.len() * 99 / 100];
            for value in row {
                *value = value.clamp(middle - limit, middle + limit);
            }
        })
    };
    let lost = |all: bool| {
        move |ecg: &Ecg, seed: u64| {
            let rate = ecg.sampling_rate();
            changed(ecg, |rows| {
                let mut noise = Noise(seed);
                let length = rows[0].len();
                let lost = (rate as usize).min(length / 4);
                let from = noise.below(length - lost);
                let lead = noise.below(12);
                for (number, row) in rows.iter_mut().enumerate() {
                    if all || number == lead {
                        row[from..from + lost].fill(0.0);
                    }
                }
            })
        }
    };
    vec![
        Fault::new("a lead is flat", flat, no_beat),
        Fault::new("a chest electrode hangs in the air", open, no_beat),
        Fault::new(
            "a lead saturates at half the height of QRS",
            clipped,
            |reason| matches!(reason, Reason::Clipped { .. }),
        ),
        Fault::new("a lead drops out for 1 s", lost(false), dropout),
        Fault::new("all leads drop out for 1 s", lost(true), dropout),
    ]
}

fn noise() -> Vec<Fault> {
    let wander = |ecg: &Ecg, seed: u64| {
        let rate = ecg.sampling_rate();
        changed(ecg, |rows| {
            let mut noise = Noise(seed);
            for row in rows {
                let (phase, size) = (noise.next() * TAU, 0.5 + 0.5 * noise.next().abs());
                let values =
                    (0..row.len()).map(|n| size * (TAU * 0.25 * n as f64 / rate + phase).sin());
                add(row, values.collect::<Vec<_>>());
            }
        })
    };
    let mains = |hertz: f64| {
        move |ecg: &Ecg, seed: u64| {
            let rate = ecg.sampling_rate();
            changed(ecg, |rows| {
                let mut noise = Noise(seed);
                for row in rows {
                    let phase = noise.next() * TAU;
                    let values =
                        (0..row.len()).map(|n| 0.1 * (TAU * hertz * n as f64 / rate + phase).sin());
                    add(row, values.collect::<Vec<_>>());
                }
            })
        }
    };
    let muscle = |ecg: &Ecg, seed: u64| {
        changed(ecg, |rows| {
            let mut noise = Noise(seed);
            for row in rows {
                let values = noise.muscle(row.len(), 0.1);
                add(row, values);
            }
        })
    };
    vec![
        Fault::new("baseline wander of 1 to 2 mV", wander, |reason| {
            matches!(reason, Reason::Wander { .. })
        }),
        Fault::new("mains hum of 0.1 mV at 50 Hz", mains(50.0), |reason| {
            matches!(reason, Reason::Mains { .. })
        }),
        Fault::new("mains hum of 0.1 mV at 60 Hz", mains(60.0), |reason| {
            matches!(reason, Reason::Mains { .. })
        }),
        Fault::new("muscle noise of 0.1 mV", muscle, |reason| {
            matches!(
                reason,
                Reason::MuscleNoise { .. } | Reason::Unprocessable(_)
            )
        }),
    ]
}

fn beats() -> Vec<Fault> {
    let spikes = |ecg: &Ecg, _seed: u64| {
        let beats = detect_qrs(ecg).unwrap_or_default();
        let (rate, before) = (ecg.sampling_rate(), 0.12 * ecg.sampling_rate());
        changed(ecg, |rows| {
            let width = (0.002 * rate).ceil() as usize;
            for (lead, row) in rows.iter_mut().enumerate() {
                let height = [0.8, 1.2, 0.4, -1.0, 0.2, 0.8, -0.5, 0.6, 0.9, 1.1, 1.0, 0.8][lead];
                for &beat in &beats {
                    let Some(from) = beat.checked_sub(before as usize) else {
                        continue;
                    };
                    row[from..(from + width)]
                        .iter_mut()
                        .for_each(|value| *value += height);
                }
            }
        })
    };
    let missing = |ecg: &Ecg, seed: u64| {
        let beats = detect_qrs(ecg).unwrap_or_default();
        let rate = ecg.sampling_rate();
        changed(ecg, |rows| {
            let Some(last) = beats.len().checked_sub(2) else {
                return;
            };
            let beat = beats[1 + Noise(seed).below(last.max(1))];
            let from = beat.saturating_sub((0.2 * rate) as usize);
            for row in rows {
                let to = (beat + (0.4 * rate) as usize).min(row.len() - 1);
                let (first, last) = (row[from], row[to]);
                let step = (last - first) / (to - from) as f32;
                for (n, value) in row[from..to].iter_mut().enumerate() {
                    *value = first + step * n as f32;
                }
            }
        })
    };
    vec![
        Fault::new("pacemaker spikes of 0.2 to 1.2 mV", spikes, |reason| {
            matches!(reason, Reason::PacingSpikes { .. })
        }),
        Fault::new("a beat is missing", missing, |reason| {
            matches!(reason, Reason::LongPause { .. })
        }),
    ]
}

fn gain() -> Vec<Fault> {
    let everywhere = |factor: f32| {
        move |ecg: &Ecg, _seed: u64| {
            changed(ecg, |rows| {
                rows.iter_mut().flatten().for_each(|value| *value *= factor)
            })
        }
    };
    let unprocessable = |reason: &Reason| matches!(reason, Reason::Unprocessable(_));
    let in_lead = |leads: Range<usize>, factor: f32| {
        move |ecg: &Ecg, seed: u64| {
            changed(ecg, |rows| {
                let lead = leads.start + Noise(seed).below(leads.len());
                rows[lead].iter_mut().for_each(|value| *value *= factor);
            })
        }
    };
    let named = |reason: &Reason| {
        matches!(
            reason,
            Reason::LeadGain { .. } | Reason::LimbLeadsDisagree { .. } | Reason::Unprocessable(_)
        )
    };
    vec![
        Fault::new(
            "all gains 1000 times too large",
            everywhere(1000.0),
            unprocessable,
        ),
        Fault::new(
            "all gains 1000 times too small",
            everywhere(0.001),
            unprocessable,
        ),
        Fault::new("a limb lead 10 times too large", in_lead(0..6, 10.0), named),
        Fault::new("a limb lead 10 times too small", in_lead(0..6, 0.1), named),
        Fault::new(
            "a chest lead 10 times too large",
            in_lead(CHEST, 10.0),
            named,
        ),
        Fault::new(
            "a chest lead 10 times too small",
            in_lead(CHEST, 0.1),
            named,
        ),
        Fault::new("a limb lead inverted", in_lead(0..6, -1.0), |reason| {
            matches!(reason, Reason::InvertedLead { .. })
        }),
    ]
}
