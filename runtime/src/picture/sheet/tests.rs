use super::super::PictureShape;
use super::super::mark::tests::label;
use super::*;

/// Two views in two phases, each of one grey, and as uncertain as `deviation` says for each.
fn picture(grays: [f32; 4], deviation: Option<[f32; 4]>) -> PseudoMri {
    let shape = PictureShape {
        views: 2,
        phases: 2,
        ..PictureShape::single(128, 128)
    };
    let filled = |values: [f32; 4]| values.iter().flat_map(|v| [*v; 128 * 128]).collect();
    let picture = PseudoMri::new(shape, 1.4, filled(grays)).expect("it fits");
    match deviation {
        Some(deviation) => picture.with_deviation(filled(deviation)).expect("it fits"),
        None => picture,
    }
}

fn two_by_two() -> Label {
    Label {
        views: vec!["short axis, mid-ventricular".into(), "four-chamber".into()],
        phases: vec!["end-diastole".into(), "end-systole".into()],
        ..label()
    }
}

fn middle(image: &RgbImage, panel: &Panel) -> [u8; 3] {
    let centre = panel.area.center();
    image
        .get(centre.x as usize, centre.y as usize)
        .expect("inside")
}

#[test]
fn every_picture_and_map_is_in_its_place() {
    let (grays, deviation) = ([0.2, 0.4, 0.6, 0.8], [0.0, 0.1, 0.2, 0.3]);
    let drawn = picture(grays, Some(deviation));
    let layout = Layout::new(drawn.shape(), true);
    let image = draw(&drawn, &layout, &two_by_two());
    assert_eq!(
        (image.width(), image.height()),
        (layout.width(), layout.height())
    );
    assert_eq!(layout.panels().len(), 8);
    for panel in layout.panels() {
        let channel = panel.view * 2 + panel.phase;
        let expected = match panel.content {
            Content::Picture => [gray::of(grays[channel]); 3],
            Content::Uncertainty => heat::colour(deviation[channel]),
        };
        assert_eq!(middle(&image, panel), expected);
    }
    // The map stands at the right of its own picture.
    let pairs = layout.panels().chunks_exact(2);
    for pair in pairs {
        let places = [pair[0], pair[1]].map(|panel| (panel.view, panel.phase));
        assert_eq!(places[0], places[1]);
        assert_eq!(
            [pair[0].content, pair[1].content],
            [Content::Picture, Content::Uncertainty]
        );
    }
}

#[test]
fn every_panel_has_words_above_it_and_the_maps_have_a_scale() {
    let drawn = picture([0.5; 4], Some([0.1; 4]));
    let layout = Layout::new(drawn.shape(), true);
    let image = draw(&drawn, &layout, &two_by_two());
    let white = |column: usize, row: usize, width: usize, height: usize| {
        let part = image.part(column, row, width, height).expect("inside");
        part.pixels()
            .iter()
            .filter(|pixel| **pixel == [255; 3])
            .count()
    };
    for panel in layout.panels() {
        let row = panel.caption_row.expect("there are several");
        let width = panel.area.size.width as usize;
        let column = panel.area.top_left.x as usize;
        assert!(white(column, row, width, layout::CAPTION_HEIGHT) > 100);
    }
    let row = layout.legend_row().expect("there are maps");
    assert!(white(0, row, layout.width(), layout::LEGEND_HEIGHT) > 500);
    let last = heat::colour(1.0);
    assert_eq!(image.get(MARGIN + BAR.0 - 1, row + MARGIN), Some(last));
}

#[test]
fn a_single_picture_has_nothing_but_itself() {
    let values = (0..128 * 128).map(|i| (i % 128) as f32 / 127.0).collect();
    let single = PseudoMri::new(PictureShape::single(128, 128), 1.4, values).expect("it fits");
    let layout = Layout::new(single.shape(), false);
    let image = draw(&single, &layout, &label());
    let expected = render::tests::magnified(single.values(), 128, 4);
    let expected: Vec<[u8; 3]> = expected
        .into_iter()
        .map(|value| [gray::of(value); 3])
        .collect();
    assert!(image.pixels() == expected);
}
