use super::super::PictureShape;
use super::*;

/// A label as a model gives it.
pub(in super::super) fn label() -> Label {
    Label {
        model_name: "cart-thin".into(),
        model_sha256: "0123456789abcdef".repeat(4),
        views: vec!["short axis, mid-ventricular".into()],
        phases: vec!["end-diastole".into()],
        warnings: Vec::new(),
    }
}

fn warned(warnings: &[Warning]) -> Label {
    Label {
        warnings: warnings.to_vec(),
        ..label()
    }
}

/// One picture, and two views in two phases with their uncertainty.
fn layouts() -> [Layout; 2] {
    let four = PictureShape {
        views: 2,
        phases: 2,
        ..PictureShape::single(128, 128)
    };
    [
        Layout::new(PictureShape::single(128, 128), false),
        Layout::new(four, true),
    ]
}

fn area(layout: &Layout, gray: u8) -> RgbImage {
    RgbImage::filled(layout.height(), layout.width(), [gray; 3])
}

#[test]
fn a_marked_picture_is_recognised_and_an_unmarked_one_is_not() {
    for layout in layouts() {
        for gray in [0, 127, 255] {
            let marked = apply(area(&layout, gray), &layout, &label());
            assert_eq!(marked.height(), layout.height() + BAND_HEIGHT);
            assert!(is_marked(&marked, &layout) && bears_label(&marked, &layout, &label()));
            assert!(!is_marked(&area(&layout, gray), &layout));
        }
    }
    let [single, four] = layouts();
    let marked = apply(area(&single, 9), &single, &label());
    assert_eq!((marked.width(), marked.height()), (512, 512 + BAND_HEIGHT));
    assert!(!is_marked(&marked, &four), "it is another sheet");
}

#[test]
fn the_mark_cannot_be_cropped_painted_over_or_relabelled() {
    for layout in layouts() {
        let (width, height) = (layout.width(), layout.height());
        let marked = apply(area(&layout, 90), &layout, &label());
        let without_band = marked.part(0, 0, width, height).expect("the pictures");
        assert!(!is_marked(&without_band, &layout));
        for panel in layout.pictures() {
            let Point { x, y } = panel.area.top_left;
            let (x, y) = (x as usize, y as usize);
            let Size { width, height } = panel.area.size;
            let cut = marked.part(x, y, width as usize, height as usize);
            let cut = cut.expect("a picture of its own");
            assert!(
                cut.pixels()
                    .iter()
                    .filter(|pixel| **pixel == [255; 3])
                    .count()
                    > 300,
                "a picture that is cut out carries words"
            );
            let mut painted = marked.clone();
            painted.paste(&RgbImage::filled(30, 100, [90; 3]), x, y);
            assert!(!is_marked(&painted, &layout));
        }
        let mut blank_band = marked.clone();
        blank_band.paste(&RgbImage::filled(BAND_HEIGHT, width, [0; 3]), 0, height);
        assert!(!is_marked(&blank_band, &layout));
        let other = Label {
            model_sha256: "f".repeat(64),
            ..label()
        };
        assert!(!bears_label(&marked, &layout, &other));
        assert!(!is_marked(&RgbImage::filled(3, 3, [0; 3]), &layout));
    }
}

#[test]
fn a_warning_is_on_the_pictures_that_need_it_and_on_no_other() {
    for layout in layouts() {
        for gray in [0, 127, 255] {
            let usual = apply(area(&layout, gray), &layout, &label());
            for warning in Warning::ALL {
                let warned = warned(&[warning]);
                let image = apply(area(&layout, gray), &layout, &warned);
                assert!(bears_label(&image, &layout, &warned));
                assert!(!bears_warning(&usual, &layout, warning));
                let others = Warning::ALL.iter().filter(|other| **other != warning);
                for &other in others {
                    assert!(!bears_warning(&image, &layout, other));
                }
            }
            let two = warned(&[Warning::PoorSignal, Warning::ForeignEcg]);
            let image = apply(area(&layout, gray), &layout, &two);
            assert!(bears_label(&image, &layout, &two));
        }
    }
}

#[test]
fn the_notice_and_the_longest_name_fit_the_band() {
    let notice = NOTICE.len() as u32 * FONT_9X15_BOLD.character_size.width;
    assert!(notice + 4 * MARGIN.unsigned_abs() <= 512, "{notice}");
    let longest = Label {
        model_name: "m".repeat(32),
        ..label()
    };
    assert!(longest.model_line().len() as u32 * FONT_6X10.character_size.width <= 496);
}

#[test]
fn many_phases_are_counted() {
    let phases = |count: u8| Label {
        views: vec!["short axis".into(), "four-chamber".into()],
        phases: (0..count).map(|phase| format!("phase {phase}")).collect(),
        ..label()
    };
    assert_eq!(
        phases(2).view_line(),
        "short axis / four-chamber, phase 0 / phase 1"
    );
    assert_eq!(
        phases(50).view_line(),
        "short axis / four-chamber, 50 phases"
    );
}
