//! Butterworth design by the bilinear transform with prewarped corner frequencies
//! (Oppenheim & Schafer, Discrete-Time Signal Processing, ch. 7).

use std::f64::consts::PI;

use super::{Section, Sections};

/// What a filter lets through.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Band {
    /// All below the cutoff.
    LowPass {
        /// Frequency of −3 dB in Hz.
        cutoff_hz: f64,
    },
    /// All above the cutoff.
    HighPass {
        /// Frequency of −3 dB in Hz.
        cutoff_hz: f64,
    },
    /// All but the band between the two.
    BandStop {
        /// Lower frequency of −3 dB in Hz.
        low_hz: f64,
        /// Upper frequency of −3 dB in Hz.
        high_hz: f64,
    },
}

/// A filter that cannot be built.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum DesignError {
    /// A corner frequency is not inside 0 … half the sampling rate, or corners are out of order.
    #[error("{band:?} does not fit between 0 and {nyquist} Hz, half the sampling rate")]
    Frequency {
        /// What was asked for.
        band: Band,
        /// Half the sampling rate in Hz.
        nyquist: f64,
    },
    /// The order is 0 or so high that rounding would spoil the filter.
    #[error("a Butterworth filter of order {order} is not built; orders 1 to 12 are")]
    Order {
        /// The order asked for.
        order: usize,
    },
}

/// A Butterworth filter of `order` (per edge: a band-stop has twice as many poles) for signals
/// sampled at `sampling_rate` Hz, with gain 1 in the middle of what passes.
///
/// # Errors
/// An order outside 1 to 12; corners that do not lie in order between 0 and half the rate.
pub fn butterworth(order: usize, band: Band, sampling_rate: f64) -> Result<Sections, DesignError> {
    if !(1..=12).contains(&order) {
        return Err(DesignError::Order { order });
    }
    let nyquist = sampling_rate / 2.0;
    let inside = |frequency: f64| frequency > 0.0 && frequency < nyquist;
    let fits = match band {
        Band::LowPass { cutoff_hz } | Band::HighPass { cutoff_hz } => inside(cutoff_hz),
        Band::BandStop { low_hz, high_hz } => inside(low_hz) && inside(high_hz) && low_hz < high_hz,
    };
    if !fits {
        return Err(DesignError::Frequency { band, nyquist });
    }
    // Analogue frequencies in units of twice the sampling rate, in which z = (1 + s)/(1 − s).
    let warped = |frequency: f64| (PI * frequency / sampling_rate).tan();
    let mut sections = Vec::new();
    for index in 0..order.div_ceil(2) {
        let prototype = prototype_pole(order, index);
        match band {
            Band::LowPass { cutoff_hz } => {
                let pole = prototype.scaled(warped(cutoff_hz));
                sections.push(section([1.0, 2.0, 1.0], pole, 1.0));
            }
            Band::HighPass { cutoff_hz } => {
                let pole = prototype.reciprocal().scaled(warped(cutoff_hz));
                sections.push(section([1.0, -2.0, 1.0], pole, -1.0));
            }
            Band::BandStop { low_hz, high_hz } => {
                let (low, high) = (warped(low_hz), warped(high_hz));
                let centre_squared = low * high;
                let half = prototype.reciprocal().scaled((high - low) / 2.0);
                let root = half.squared().plus_real(-centre_squared).square_root();
                let angle = 2.0 * centre_squared.sqrt().atan();
                let zeros = [1.0, -2.0 * angle.cos(), 1.0];
                if prototype.is_real() {
                    // The two poles are real, or each other's conjugate: one section either way.
                    sections.push(band_stop_section_of_real_prototype(
                        zeros,
                        half.re,
                        centre_squared,
                    ));
                } else {
                    sections.push(section(zeros, half.plus(root), 1.0));
                    sections.push(section(zeros, half.plus(root.scaled(-1.0)), 1.0));
                }
            }
        }
    }
    Ok(Sections::new(sections))
}

/// The pole with number `index` of the analogue prototype; those with positive imaginary part come
/// first, and a real pole of an odd order last.
fn prototype_pole(order: usize, index: usize) -> Complex {
    if 2 * index + 1 == order {
        return Complex { re: -1.0, im: 0.0 };
    }
    let angle = PI * (2 * index + order + 1) as f64 / (2 * order) as f64;
    Complex {
        re: angle.cos(),
        im: angle.sin(),
    }
}

/// The section of a conjugate pair of analogue poles, or of one real pole, with gain 1 at
/// z = `reference` (1 for frequency 0, −1 for half the sampling rate).
fn section(zeros: [f64; 3], analogue_pole: Complex, reference: f64) -> Section {
    let pole = analogue_pole.bilinear();
    if analogue_pole.is_real() {
        // One of the two equal zeros stays.
        let numerator = [1.0, zeros[1] / 2.0, 0.0];
        return normalised(numerator, [-pole.re, 0.0], reference);
    }
    normalised(
        zeros,
        [-2.0 * pole.re, pole.re * pole.re + pole.im * pole.im],
        reference,
    )
}

/// s² − 2·half·s + centre² after the bilinear transform.
fn band_stop_section_of_real_prototype(zeros: [f64; 3], half: f64, centre_squared: f64) -> Section {
    let leading = 1.0 - 2.0 * half + centre_squared;
    let denominator = [
        2.0 * (centre_squared - 1.0) / leading,
        (1.0 + 2.0 * half + centre_squared) / leading,
    ];
    normalised(zeros, denominator, 1.0)
}

fn normalised(numerator: [f64; 3], denominator: [f64; 2], reference: f64) -> Section {
    let [b0, b1, b2] = numerator;
    let [a1, a2] = denominator;
    let gain = (b0 + b1 * reference + b2) / (1.0 + a1 * reference + a2);
    Section {
        numerator: numerator.map(|value| value / gain),
        denominator,
    }
}

/// The few operations on complex numbers that the design takes.
#[derive(Clone, Copy)]
struct Complex {
    re: f64,
    im: f64,
}

impl Complex {
    fn is_real(self) -> bool {
        self.im == 0.0
    }

    fn plus(self, other: Complex) -> Complex {
        Complex {
            re: self.re + other.re,
            im: self.im + other.im,
        }
    }

    fn plus_real(self, real: f64) -> Complex {
        Complex {
            re: self.re + real,
            im: self.im,
        }
    }

    fn scaled(self, factor: f64) -> Complex {
        Complex {
            re: self.re * factor,
            im: self.im * factor,
        }
    }

    fn times(self, other: Complex) -> Complex {
        Complex {
            re: self.re * other.re - self.im * other.im,
            im: self.re * other.im + self.im * other.re,
        }
    }

    fn squared(self) -> Complex {
        self.times(self)
    }

    fn reciprocal(self) -> Complex {
        let norm = self.re * self.re + self.im * self.im;
        Complex {
            re: self.re / norm,
            im: -self.im / norm,
        }
    }

    fn square_root(self) -> Complex {
        let modulus = self.re.hypot(self.im);
        let re = ((modulus + self.re) / 2.0).max(0.0).sqrt();
        let im = ((modulus - self.re) / 2.0).max(0.0).sqrt();
        Complex {
            re,
            im: im.copysign(self.im),
        }
    }

    /// (1 + s)/(1 − s).
    fn bilinear(self) -> Complex {
        let denominator = Complex {
            re: 1.0 - self.re,
            im: -self.im,
        };
        Complex {
            re: 1.0 + self.re,
            im: self.im,
        }
        .times(denominator.reciprocal())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn magnitude(sections: &Sections, frequency: f64, rate: f64) -> f64 {
        let omega = 2.0 * PI * frequency / rate;
        let at = |b0: f64, b1: f64, b2: f64| {
            let re = b0 + b1 * omega.cos() + b2 * (2.0 * omega).cos();
            let im = b1 * omega.sin() + b2 * (2.0 * omega).sin();
            re.hypot(im)
        };
        sections
            .as_slice()
            .iter()
            .map(|section| {
                let [b0, b1, b2] = section.numerator;
                let [a1, a2] = section.denominator;
                at(b0, b1, b2) / at(1.0, a1, a2)
            })
            .product()
    }

    #[test]
    fn every_order_has_the_right_corner() {
        let root_half = 0.5_f64.sqrt();
        for order in 1..=12 {
            let low = butterworth(order, Band::LowPass { cutoff_hz: 100.0 }, 500.0).unwrap();
            let high = butterworth(order, Band::HighPass { cutoff_hz: 5.0 }, 500.0).unwrap();
            let stop = butterworth(
                order,
                Band::BandStop {
                    low_hz: 48.0,
                    high_hz: 52.0,
                },
                500.0,
            )
            .unwrap();
            for (filter, corners, passes, stops) in [
                (&low, vec![100.0], vec![0.0], vec![249.0]),
                (&high, vec![5.0], vec![249.999], vec![0.0001]),
                (&stop, vec![48.0, 52.0], vec![0.0, 249.999], vec![49.9727]),
            ] {
                for corner in corners {
                    assert!(
                        (magnitude(filter, corner, 500.0) - root_half).abs() < 1e-6,
                        "order {order}, {corner} Hz"
                    );
                }
                for frequency in passes {
                    assert!(
                        (magnitude(filter, frequency, 500.0) - 1.0).abs() < 1e-6,
                        "order {order}, {frequency} Hz"
                    );
                }
                for frequency in stops {
                    assert!(
                        magnitude(filter, frequency, 500.0) < 0.01,
                        "order {order}, {frequency} Hz"
                    );
                }
            }
        }
    }

    #[test]
    fn refuses_what_cannot_be_built() {
        for cutoff_hz in [0.0, -1.0, 250.0, 1000.0, f64::NAN] {
            assert!(
                butterworth(2, Band::LowPass { cutoff_hz }, 500.0).is_err(),
                "{cutoff_hz}"
            );
        }
        assert!(
            butterworth(
                2,
                Band::BandStop {
                    low_hz: 51.0,
                    high_hz: 49.0
                },
                500.0
            )
            .is_err()
        );
        assert_eq!(
            butterworth(0, Band::LowPass { cutoff_hz: 40.0 }, 500.0),
            Err(DesignError::Order { order: 0 })
        );
        assert!(butterworth(13, Band::LowPass { cutoff_hz: 40.0 }, 500.0).is_err());
    }
}
