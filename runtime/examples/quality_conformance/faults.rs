//! Faults of recording, made to order in a sound recording.

use std::f64::consts::TAU;

use ecg2mri::Ecg;
use ecg2mri::ecg::Lead;
use ecg2mri::signal::detect_qrs;
use ecg2mri::signal::quality::{Arrangement, LimbElectrode, Reason};

/// A fault: its name, what it does to a recording of twelve leads, and the reason that names it.
pub struct Fault {
    /// What went wrong.
    pub name: String,
    /// Makes the fault; the number seeds its noise.
    pub make: Box<dyn Fn(&Ecg, u64) -> Ecg>,
    /// Whether a reason names the fault.
    pub named_by: Box<dyn Fn(&Reason) -> bool>,
}

impl Fault {
    fn new(
        name: impl Into<String>,
        make: impl Fn(&Ecg, u64) -> Ecg + 'static,
        named_by: impl Fn(&Reason) -> bool + 'static,
    ) -> Fault {
        Fault {
            name: name.into(),
            make: Box::new(make),
            named_by: Box::new(named_by),
        }
    }
}

/// All faults.
pub fn all() -> Vec<Fault> {
    [contact(), noise(), beats(), gain(), limbs(), chest()]
        .into_iter()
        .flatten()
        .collect()
}

/// Rows in standard order, changed.
fn changed(ecg: &Ecg, change: impl FnOnce(&mut Vec<Vec<f32>>)) -> Ecg {
    let twelve = ecg.twelve_leads().expect("recordings have twelve leads");
    let mut rows = twelve.samples().to_vec();
    change(&mut rows);
    Ecg::new(twelve.leads().to_vec(), rows, twelve.sampling_rate())
        .expect("as many samples as before")
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

/// The place of a row in standard order.
fn place(lead: Lead) -> usize {
    Lead::STANDARD
        .iter()
        .position(|&own| own == lead)
        .unwrap_or(0)
}

const CHEST: std::ops::Range<usize> = 6..12;

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
                for n in from..to {
                    row[n] = first + (last - first) * (n - from) as f32 / (to - from) as f32;
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
    let in_lead = |leads: std::ops::Range<usize>, factor: f32| {
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

/// The potentials at the electrodes, against that of the right arm.
struct Electrodes {
    /// Right arm, left arm, left leg, right leg.
    limbs: [Vec<f32>; 4],
    chest: [Vec<f32>; 6],
}

impl Electrodes {
    /// The right leg is taken to have 98 % of the left one's potential against the mean of the limbs.
    fn of(rows: &[Vec<f32>]) -> Electrodes {
        let (first, second) = (&rows[place(Lead::I)], &rows[place(Lead::II)]);
        let central: Vec<f32> = first
            .iter()
            .zip(second)
            .map(|(one, two)| (one + two) / 3.0)
            .collect();
        let sum = |row: &Vec<f32>| {
            row.iter()
                .zip(&central)
                .map(|(own, central)| own + central)
                .collect()
        };
        let right_leg = second
            .iter()
            .zip(&central)
            .map(|(own, mean)| 0.98 * own + 0.02 * mean);
        Electrodes {
            limbs: [
                vec![0.0; first.len()],
                first.clone(),
                second.clone(),
                right_leg.collect(),
            ],
            chest: std::array::from_fn(|n| sum(&rows[CHEST.start + n])),
        }
    }

    /// The twelve leads that a recorder makes of them.
    fn record(&self) -> Vec<Vec<f32>> {
        let [right_arm, left_arm, left_leg, _] = &self.limbs;
        let minus = |one: &[f32], other: &[f32]| -> Vec<f32> {
            one.iter()
                .zip(other)
                .map(|(one, other)| one - other)
                .collect()
        };
        let mean = |electrodes: &[&Vec<f32>]| -> Vec<f32> {
            (0..right_arm.len())
                .map(|n| electrodes.iter().map(|row| row[n]).sum::<f32>() / electrodes.len() as f32)
                .collect()
        };
        let mut rows = vec![
            minus(left_arm, right_arm),
            minus(left_leg, right_arm),
            minus(left_leg, left_arm),
            minus(right_arm, &mean(&[left_arm, left_leg])),
            minus(left_arm, &mean(&[right_arm, left_leg])),
            minus(left_leg, &mean(&[right_arm, left_arm])),
        ];
        let central = mean(&[right_arm, left_arm, left_leg]);
        rows.extend(self.chest.iter().map(|row| minus(row, &central)));
        rows
    }
}

fn at_electrodes(change: impl Fn(&mut Electrodes) + 'static) -> impl Fn(&Ecg, u64) -> Ecg {
    move |ecg, _seed| {
        changed(ecg, |rows| {
            let mut electrodes = Electrodes::of(rows);
            change(&mut electrodes);
            *rows = electrodes.record();
        })
    }
}

fn is(reason: &Reason, wanted: impl Fn(Arrangement) -> bool) -> bool {
    matches!(reason, Reason::Arrangement { suspected, .. } if wanted(*suspected))
}

const RA: usize = 0;
const LA: usize = 1;
const LL: usize = 2;
const RL: usize = 3;

fn limbs() -> Vec<Fault> {
    let exchange = |one: usize, other: usize| {
        at_electrodes(move |electrodes| electrodes.limbs.swap(one, other))
    };
    let any = |reason: &Reason| is(reason, |_| true) || is_neutral(reason);
    let rotated = |back: bool| {
        at_electrodes(move |electrodes| {
            if back {
                electrodes.limbs[..3].rotate_right(1);
            } else {
                electrodes.limbs[..3].rotate_left(1);
            }
        })
    };
    let both = at_electrodes(|electrodes| {
        electrodes.limbs.swap(RA, RL);
        electrodes.limbs.swap(LA, LL);
    });
    vec![
        Fault::new("RA and LA exchanged", exchange(RA, LA), any),
        Fault::new("RA and LL exchanged", exchange(RA, LL), any),
        Fault::new("LA and LL exchanged", exchange(LA, LL), any),
        Fault::new("RA and RL exchanged", exchange(RA, RL), |reason| {
            matches!(
                reason,
                Reason::NeutralExchanged {
                    arm: LimbElectrode::RightArm
                }
            )
        }),
        Fault::new("LA and RL exchanged", exchange(LA, RL), |reason| {
            matches!(
                reason,
                Reason::NeutralExchanged {
                    arm: LimbElectrode::LeftArm
                }
            )
        }),
        Fault::new(
            "LL and RL exchanged (harmless)",
            exchange(LL, RL),
            is_neutral,
        ),
        Fault::new("RA and RL, LA and LL exchanged", both, |reason| {
            matches!(reason, Reason::ArmsAndLegsExchanged)
        }),
        Fault::new("RA, LA, LL moved round", rotated(false), any),
        Fault::new("RA, LA, LL moved round back", rotated(true), any),
    ]
}

/// Mirrors the heart from left to right: by the inverse Dower matrix (Edenbrandt & Pahlm, J Electrocardiol
/// 1988;21:361) to its dipole's component to the left, and back by the Dower matrix.
fn mirror(rows: &mut Vec<Vec<f32>>) {
    let independent = Lead::INDEPENDENT.map(place);
    let to_left = [0.156, -0.010, -0.172, -0.074, 0.122, 0.231, 0.239, 0.194];
    let from_left = [0.632, 0.235, -0.515, 0.044, 0.882, 1.213, 1.125, 0.831];
    for n in 0..rows[0].len() {
        let left: f32 = independent
            .iter()
            .zip(to_left)
            .map(|(&lead, share)| share * rows[lead][n])
            .sum();
        for (&lead, size) in independent.iter().zip(from_left) {
            rows[lead][n] -= 2.0 * size * left;
        }
    }
    *rows = Electrodes::of(rows).record();
}

fn is_neutral(reason: &Reason) -> bool {
    matches!(
        reason,
        Reason::NeutralExchanged { .. } | Reason::ArmsAndLegsExchanged
    )
}

fn chest() -> Vec<Fault> {
    let mut faults = Vec::new();
    for one in 0..6 {
        for other in one + 1..6 {
            faults.push(Fault::new(
                format!("V{} and V{} exchanged", one + 1, other + 1),
                at_electrodes(move |electrodes| electrodes.chest.swap(one, other)),
                |reason| is(reason, |_| true),
            ));
        }
    }
    faults.push(Fault::new(
        "V1 to V6 in reversed order",
        at_electrodes(|electrodes| electrodes.chest.reverse()),
        |reason| is(reason, |_| true),
    ));
    for lead in CHEST {
        faults.push(Fault::new(
            format!("V{} inverted", lead - 5),
            move |ecg: &Ecg, _seed| {
                changed(ecg, |rows| {
                    rows[lead].iter_mut().for_each(|value| *value = -*value)
                })
            },
            |reason| is(reason, |_| true),
        ));
    }
    faults.push(Fault::new(
        "dextrocardia (the dipole mirrored)",
        |ecg: &Ecg, _seed| changed(ecg, mirror),
        |reason| is(reason, |_| true),
    ));
    faults.push(Fault::new(
        "RA and LA exchanged, V1 to V6 reversed",
        at_electrodes(|electrodes| {
            electrodes.limbs.swap(RA, LA);
            electrodes.chest.reverse();
        }),
        |reason| is(reason, |_| true),
    ));
    faults
}
