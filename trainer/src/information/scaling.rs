//! How an ECG's samples and a subject's numbers are scaled, so that distances between subjects mean something.

use ndarray::{Array1, Array2, Axis, concatenate};

/// How much a standardised number (heart rate, age, …) counts beside the ECG as a whole.
const NUMBER_WEIGHT: f64 = 0.15;

/// Means and factors of the features.
pub struct Scaling {
    ecg_mean: Array1<f64>,
    ecg_factor: Array1<f64>,
    number_mean: Array1<f64>,
    number_factor: Array1<f64>,
}

impl Scaling {
    /// From the samples (subject × sample) and numbers (subject × number) of training subjects.
    pub fn of(ecg: &Array2<f64>, numbers: &Array2<f64>) -> Scaling {
        let (ecg_mean, ecg_deviation) = moments(ecg);
        let (number_mean, number_deviation) = moments(numbers);
        // Divided by the root of its standard deviation, a sample keeps that root as its own: its variance is the
        // deviation itself.
        let ecg_length = ecg_deviation.sum().sqrt();
        let number_length = if ecg.is_empty() {
            1.0
        } else {
            NUMBER_WEIGHT * ecg_length
        };
        Scaling {
            ecg_mean,
            ecg_factor: ecg_deviation.mapv(|deviation| inverse(deviation.sqrt())),
            number_mean,
            number_factor: number_deviation.mapv(|deviation| number_length * inverse(deviation)),
        }
    }

    /// Features (subject × sample and number) of these or other subjects.
    pub fn apply(&self, ecg: Array2<f64>, numbers: Array2<f64>) -> Array2<f64> {
        let ecg = (ecg - &self.ecg_mean) * &self.ecg_factor;
        let numbers = (numbers - &self.number_mean) * &self.number_factor;
        concatenate(Axis(1), &[ecg.view(), numbers.view()]).expect("both have one row a subject")
    }
}

/// Mean and standard deviation of each column.
fn moments(columns: &Array2<f64>) -> (Array1<f64>, Array1<f64>) {
    let count = columns.nrows().max(1) as f64;
    let mean = columns.sum_axis(Axis(0)) / count;
    let deviation = (columns - &mean).mapv(|x| x * x).sum_axis(Axis(0)) / count;
    (mean, deviation.mapv(f64::sqrt))
}

/// One over `deviation`; 0 where the feature does not vary, which then says nothing.
fn inverse(deviation: f64) -> f64 {
    if deviation > 1e-9 {
        1.0 / deviation
    } else {
        0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn a_sample_keeps_its_deviation_as_variance() {
        let ecg = array![[4.0, 1.0], [-4.0, 1.0]];
        let numbers = array![[60.0], [80.0]];
        let scaled = Scaling::of(&ecg, &numbers).apply(ecg, numbers);
        // A deviation of 4 becomes a variance of 4; what does not vary says nothing; the number has 0.15² of it.
        assert!((scaled[[0, 0]] - 2.0).abs() < 1e-12 && scaled[[0, 1]] == 0.0);
        assert!((scaled[[1, 2]] - 0.15 * 2.0).abs() < 1e-12);
    }
}
