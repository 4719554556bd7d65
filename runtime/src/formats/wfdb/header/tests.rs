use super::*;
use crate::ecg::Sex;
use proptest::prelude::*;

#[test]
fn reads_every_field() {
    let text = "# a comment before\r\n\r\nrec_1 3 500/360(17) 1000 12:00:00 01/02/2003\r\n\
        a.dat 16x2:3+24 1000.5(-7)/uV 12 -1 5 65535 0 aVR\r\n\
        b.dat 212\r\n\
        c.dat 16 0 11 1024 995 -22131 0 ECG lead, with  blanks \r\n#<age>: 51\r\n#<sex>: F\r\n";
    let header = Header::parse(text).unwrap();
    assert_eq!(
        (header.record.as_str(), header.segments.len()),
        ("rec_1", 0)
    );
    assert_eq!((header.frame_rate, header.frames), (500.0, Some(1000)));
    assert_eq!(
        header.comments,
        ["a comment before", "<age>: 51", "<sex>: F"]
    );
    let full = SignalSpecification {
        file_name: "a.dat".into(),
        format: 16,
        samples_per_frame: 2,
        skew: 3,
        byte_offset: 24,
        gain: 1000.5,
        baseline: -7,
        units: "uV".into(),
        adc_resolution: Some(12),
        adc_zero: -1,
        initial_value: Some(5),
        checksum: Some(-1),
        block_size: Some(0),
        description: "aVR".into(),
    };
    let least = SignalSpecification {
        file_name: "b.dat".into(),
        format: 212,
        samples_per_frame: 1,
        skew: 0,
        byte_offset: 0,
        gain: 200.0,
        baseline: 0,
        units: "mV".into(),
        adc_resolution: None,
        adc_zero: 0,
        initial_value: None,
        checksum: None,
        block_size: None,
        description: String::new(),
    };
    // A gain of 0 is kept for the reader to refuse; an absent baseline is the ADC's zero.
    let usual = SignalSpecification {
        file_name: "c.dat".into(),
        format: 16,
        gain: 0.0,
        adc_resolution: Some(11),
        adc_zero: 1024,
        baseline: 1024,
        initial_value: Some(995),
        checksum: Some(-22131),
        block_size: Some(0),
        description: "ECG lead, with  blanks".into(),
        ..least.clone()
    };
    assert_eq!(header.signals, [full, least, usual]);
    assert_eq!(header.patient().age_years, Some(51.0));
    assert_eq!(header.patient().sex, Some(Sex::Female));
}

#[test]
fn fills_in_what_the_record_line_leaves_out() {
    let header = Header::parse("r 0").unwrap();
    assert_eq!((header.frame_rate, header.frames), (250.0, None));
    assert_eq!(Header::parse("r 0 128 0").unwrap().frames, None);
}

#[test]
fn reads_the_segments() {
    let header = Header::parse("r/3 2 100 300\r\nlayout 0\r\n~ 100\r\nc 200 # no comment").unwrap();
    let segment = |name: &str, frames| Segment {
        name: name.to_owned(),
        frames,
    };
    assert_eq!(
        header.segments,
        [segment("layout", 0), segment("~", 100), segment("c", 200)]
    );
    assert!(header.signals.is_empty());
}

#[test]
fn says_which_line_is_wrong() {
    for (text, line, problem) in [
        ("", 1, "no record line"),
        ("# only a comment", 1, "no record line"),
        ("rec", 1, "number of signals is missing"),
        ("\nrec two", 2, "number of signals \"two\""),
        ("rec 1000", 1, "1000 signals"),
        ("rec 1 0", 1, "0 Hz"),
        ("rec 1 -500", 1, "-500 Hz"),
        ("rec 1 inf", 1, "inf Hz"),
        ("rec 1 500 many", 1, "number of samples \"many\""),
        ("rec 2 500 10\na.dat 16", 2, "2 signals but 1"),
        ("rec 1 500 10\na.dat 16\nb.dat 16", 3, "a line too many"),
        ("rec/2 1 500 10\na 10", 2, "2 segments but 1"),
        ("rec/1 1 500 10\na 10\nb 10", 3, "declares 1 segments"),
        ("rec/0 1 500 10", 1, "0 segments"),
        ("rec/99999999 1 500 10", 1, "99999999 segments"),
        ("rec/1 1 500 10\na", 2, "number of samples is missing"),
        ("rec/1 1 500 10\na -5", 2, "number of samples \"-5\""),
        ("rec 1 500 10\na.dat", 2, "format is missing"),
        ("rec 1 500 10\na.dat wav", 2, "format \"wav\""),
        ("rec 1 500 10\na.dat 16x0", 2, "0 samples per frame"),
        ("rec 1 500 10\na.dat 16 200(5", 2, "closing bracket"),
        ("rec 1 500 10\na.dat 16 nan", 2, "gain of NaN"),
        (
            "rec 1 500 10\na.dat 16 200 12 0 0 checksum",
            2,
            "checksum \"checksum\"",
        ),
        ("\u{0}\u{1}ELF 1 500", 1, ""),
    ] {
        match Header::parse(text) {
            Ok(header) => assert!(problem.is_empty(), "{text:?} gave {header:?}"),
            Err(error) => {
                assert_eq!(error.line, line, "{text:?}: {error}");
                assert!(error.problem.contains(problem), "{text:?}: {error}");
            }
        }
    }
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in any::<String>()) {
        let _ = Header::parse(&text);
    }

    #[test]
    fn no_headerlike_text_makes_it_panic(
        record in "[a-z]{1,3}(/[0-9]{0,12})? [0-9]{0,3} [0-9./()x-]{0,8} [0-9-]{0,22}",
        lines in prop::collection::vec("[a-z.]{1,5} [0-9x:+-]{0,25} [0-9().+e/mV-]{0,12}( -?[0-9]{1,12}){0,6} ?[A-Z#]{0,3}", 0..4),
    ) {
        let text = format!("{record}\n{}", lines.join("\n"));
        if let Ok(header) = Header::parse(&text) {
            prop_assert!(header.frame_rate > 0.0 && header.frame_rate.is_finite());
            prop_assert!(header.signals.iter().all(|signal| signal.gain.is_finite()));
        }
    }
}
