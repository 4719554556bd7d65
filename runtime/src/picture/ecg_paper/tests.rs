use proptest::prelude::*;

use super::*;

const RATE: f64 = 500.0;
const SCALE: usize = 4;

/// Twelve leads of 10 s, each given by its number and the sample.
fn ecg(value: impl Fn(usize, usize) -> f32) -> Ecg {
    let samples = (0..12)
        .map(|lead| (0..5000).map(|k| value(lead, k)).collect())
        .collect();
    Ecg::new(Lead::STANDARD.to_vec(), samples, RATE).expect("an ECG")
}

fn is_ink(image: &RgbImage, column: usize, row: usize) -> bool {
    image.get(column, row) == Some(INK)
}

/// Rows of ink in a column between two heights in mm: the highest and the lowest.
fn ink_rows(image: &RgbImage, column: usize, mm: [usize; 2]) -> Option<(usize, usize)> {
    let mut inked = (mm[0] * SCALE..mm[1] * SCALE).filter(|&row| is_ink(image, column, row));
    let first = inked.next()?;
    Some((first, inked.next_back().unwrap_or(first)))
}

#[test]
fn the_calibration_pulse_is_ten_by_five_millimetres_in_every_row() {
    let image = draw(&ecg(|_, _| 0.0), "", SCALE).expect("drawn");
    for zero_mm in [30, 60, 90, 120] {
        // The plateau's middle, 4 mm to the right of the pulse's left border.
        let plateau = 9 * SCALE;
        let (top, _) = ink_rows(&image, plateau, [zero_mm - 15, zero_mm + 2]).expect("a plateau");
        let baseline = 5 * SCALE + 2;
        let (zero, _) = ink_rows(&image, baseline, [zero_mm - 15, zero_mm + 2]).expect("a line");
        assert_eq!(zero - top, 10 * SCALE, "height of the pulse");
        let half = (zero_mm - 5) * SCALE;
        let flanks: Vec<usize> = (0..15 * SCALE)
            .filter(|&column| is_ink(&image, column, half))
            .collect();
        let (first, last) = (flanks[0], flanks[flanks.len() - 1]);
        let line = flanks.iter().filter(|&&c| c < first + SCALE).count();
        assert_eq!(last + 1 - first - line, 5 * SCALE, "width of the pulse");
    }
}

#[test]
fn grid_lines_are_one_and_five_millimetres_apart() {
    let image = draw(&ecg(|_, _| 0.0), "", SCALE).expect("drawn");
    // A row of pixels of the paper below all traces, between two lines.
    let row = 133 * SCALE + 1;
    for column in 0..image.width() {
        let expected = if column.is_multiple_of(5 * SCALE) {
            HEAVY_LINE
        } else if column.is_multiple_of(SCALE) {
            FINE_LINE
        } else {
            PAPER
        };
        assert_eq!(image.get(column, row), Some(expected), "column {column}");
    }
    assert_eq!(image.width(), SHEET_MM[0] * SCALE);
    assert_eq!(image.height(), SHEET_MM[1] * SCALE);
}

/// A beat every second: 1 mV for 40 ms, 0.6 s after each full second, in one lead only.
fn beats_in(wanted: usize) -> Ecg {
    ecg(|lead, k| {
        if lead == wanted && (300..320).contains(&(k % 500)) {
            1.0
        } else {
            0.0
        }
    })
}

#[test]
fn every_lead_stands_in_its_place_with_its_time_and_height() {
    let blank = draw(&ecg(|_, _| 0.0), "", SCALE).expect("drawn");
    for (number, lead) in Lead::STANDARD.into_iter().enumerate() {
        let image = draw(&beats_in(number), "", SCALE).expect("drawn");
        let (row, column) = (0..3)
            .flat_map(|row| (0..4).map(move |column| (row, column)))
            .find(|&(row, column)| ROWS[row][column] == lead)
            .expect("a place");
        let (from_s, to_s) = (2.5 * column as f64, 2.5 * (column + 1) as f64);
        let zero = 30 + 30 * row;
        let mut seen = 0;
        for second in 0..10 {
            let time = f64::from(second) + 0.62;
            let at = ((15.0 + 25.0 * time) * SCALE as f64).round() as usize;
            let top = ink_rows(&image, at, [zero - 10, zero + 1]).map(|rows| rows.0);
            let was = ink_rows(&blank, at, [zero - 10, zero + 1]).map(|rows| rows.0);
            if (from_s..to_s - 0.05).contains(&time) {
                let zero_row = was.expect("a zero line");
                assert_eq!(zero_row - top.expect("a beat"), 10 * SCALE, "{lead} {time}");
                seen += 1;
            } else {
                assert_eq!(top, was, "{lead} {time}");
            }
            let strip = ink_rows(&image, at, [110, 121]).map(|rows| rows.0);
            let flat = ink_rows(&blank, at, [110, 121]).map(|rows| rows.0);
            assert_eq!(strip != flat, lead == Lead::II, "the strip shows II alone");
        }
        assert!(seen >= 2, "{lead} shows {seen} beats");
    }
}

#[test]
fn an_offset_of_the_recorder_moves_nothing() {
    let with = draw(
        &ecg(|lead, k| 3.5 + ((lead + k) as f32 * 0.01).sin()),
        "",
        3,
    );
    let without = draw(&ecg(|lead, k| ((lead + k) as f32 * 0.01).sin()), "", 3);
    let (with, without) = (with.expect("drawn"), without.expect("drawn"));
    let inked = |image: &RgbImage| -> Vec<bool> {
        (0..image.width() * image.height())
            .map(|k| is_ink(image, k % image.width(), k / image.width()))
            .collect()
    };
    let (with, without) = (inked(&with), inked(&without));
    let differing = with.iter().zip(&without).filter(|(a, b)| a != b);
    assert!(differing.count() < 200, "only rounding may differ");
}

#[test]
fn the_title_is_written_and_the_file_has_a_palette_and_a_scale() {
    let blank = draw(&ecg(|_, _| 0.0), "", SCALE).expect("drawn");
    let titled = draw(&ecg(|_, _| 0.0), "Normal, simulated", SCALE).expect("drawn");
    let dark = |image: &RgbImage| {
        (0..100 * SCALE)
            .flat_map(|x| (0..8 * SCALE).map(move |y| (x, y)))
            .filter(|&(x, y)| is_ink(image, x, y))
            .count()
    };
    assert!(dark(&titled) > dark(&blank) + 100);
    let bytes = titled.to_png(&[("Title", "ECG")], Some(4)).expect("a PNG");
    let reader = png::Decoder::new(std::io::Cursor::new(&bytes)).read_info();
    let info = reader.expect("a PNG");
    assert_eq!(info.info().color_type, png::ColorType::Indexed);
    assert_eq!(info.info().pixel_dims.map(|dims| dims.xppu), Some(4000));
}

#[test]
fn missing_leads_and_odd_scales_are_refused_in_words() {
    let two = Ecg::new(vec![Lead::II, Lead::V1], vec![vec![0.0; 9]; 2], RATE).expect("an ECG");
    let error = draw(&two, "", SCALE).expect_err("leads are missing");
    assert!(error.to_string().contains("leads I, III"), "{error}");
    for scale in [0, 1, 21, usize::MAX] {
        let error = draw(&ecg(|_, _| 0.0), "", scale).expect_err("an odd scale");
        assert!(error.to_string().contains("choose 2 to 20"), "{error}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn any_recording_can_be_drawn(
        rate in prop_oneof![0.01f64..2000.0, Just(f64::MIN_POSITIVE), Just(1e12)],
        samples in prop::collection::vec(
            prop_oneof![-5f32..5.0, Just(f32::MAX), Just(f32::MIN), Just(0.0)], 1..600),
        title in ".{0,80}",
    ) {
        let ecg = Ecg::new(Lead::STANDARD.to_vec(), vec![samples; 12], rate).expect("an ECG");
        let image = draw(&ecg, &title, 2).expect("drawn");
        prop_assert_eq!(image.width(), 540);
    }
}
