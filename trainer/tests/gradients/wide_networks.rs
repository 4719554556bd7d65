//! The networks of `tests/goldens/autodiff.py` that try the less common operations, built with the graph.

use ecg2mri_trainer::graph::layer::{
    AttentionWeights, Dense, add_positions, attention_mask, dense, embedding, group_norm,
    layer_norm, multi_head_attention, sinusoidal_positions,
};
use ecg2mri_trainer::graph::loss::{
    Ssim, cosine_similarity_loss, cross_entropy, log_cosh, mean_absolute_error,
    sigmoid_cross_entropy, smooth_l1, soft_cross_entropy, ssim_loss,
};
use ecg2mri_trainer::graph::{Corners, Graph, GraphError, Value, Window};

use crate::networks::{Built, Named};

pub fn grouped(graph: &mut Graph, named: &Named) -> Result<Built, GraphError> {
    let stem = Window::new(&[2, 1], &[1, 2]);
    let h = graph.conv(named["x"], named["stem"], Some(named["stem_bias"]), &stem)?;
    let h = group_norm(graph, h, 2, named["gamma"], named["beta"], 1e-5)?;
    let h = graph.silu(h)?;
    let depthwise = Window::square(2, 1, 1).grouped(4);
    let h = graph.conv(h, named["depthwise"], None, &depthwise)?;
    let h = graph.elu(h, 0.7)?;
    let h = graph.max_pool_window(h, &[3, 3], &Window::square(2, 2, 1))?;
    let dilated = Window::new(&[1, 1], &[2, 1]).dilated(&[2, 1]).grouped(2);
    let h = graph.conv(h, named["dilated"], None, &dilated)?;
    let h = graph.gelu_tanh(h)?;
    let h = graph.average_pool_window(h, &[2, 3], &Window::new(&[1, 2], &[1, 1]))?;
    let up = Window::new(&[1, 2], &[1, 1]).grouped(2);
    let bias = Some(named["up_bias"]);
    let h = graph.conv_transpose_padded(h, named["up"], bias, &up, &[0, 1])?;
    let h = graph.resize_bilinear(h, [6, 8], Corners::HalfPixel)?;
    let h = graph.space_to_depth(h, 2)?;
    let h = graph.conv(h, named["mix"], None, &Window::square(2, 1, 0))?;
    let h = graph.depth_to_space(h, 2)?;
    let h = graph.resize_bilinear(h, [10, 11], Corners::Aligned)?;
    let head = Window::square(2, 1, 1);
    let h = graph.conv(h, named["head"], Some(named["head_bias"]), &head)?;
    let h = graph.sigmoid(h)?;

    let far = smooth_l1(graph, h, named["target"], 0.25)?;
    let settings = Ssim {
        window: 7,
        ..Ssim::default()
    };
    let structure = ssim_loss(graph, h, named["target"], &settings)?;
    let peaks = graph.global_max_pool(h)?;
    let peak = graph.mean_all(peaks)?;
    weighted_sum(graph, &[(1.0, far), (0.5, structure), (0.1, peak)])
}

pub fn transformer(graph: &mut Graph, named: &Named) -> Result<Built, GraphError> {
    let layer = |weight: &str, bias: Option<&str>| Dense {
        weight: named[weight],
        bias: bias.map(|name| named[name]),
    };
    let h = embedding(graph, named["table"], named["tokens"])?;
    let positions = sinusoidal_positions(graph, 4, 6);
    let h = add_positions(graph, h, positions)?;
    let context = add_positions(graph, named["context"], named["learned"])?;
    let weights = AttentionWeights {
        query: layer("query", Some("query_bias")),
        key: layer("key", None),
        value: layer("value", Some("value_bias")),
        output: layer("output", Some("output_bias")),
    };
    let lost = [1, 1, 4, 4];
    let keep = (0..20).map(|flat| f32::from(u8::from(flat % 5 != lost[flat / 5])));
    let keep = graph.constant("keep", &[4, 5], keep.collect());
    let mask = attention_mask(graph, keep)?;
    let attended = multi_head_attention(graph, h, context, &weights, 2, Some(mask))?;
    let h = graph.add(h, attended)?;
    let h = layer_norm(graph, h, named["gamma"], named["beta"], 1e-5)?;
    let wide = dense(graph, h, layer("wide", Some("wide_bias")))?;
    let wide = graph.gelu_tanh(wide)?;
    let narrow = dense(graph, wide, layer("narrow", None))?;
    let h = graph.add(h, narrow)?;
    let importance = graph.softmax_over(h, 1)?;
    let pooled = graph.multiply(importance, h)?;
    let pooled = graph.reduce_sum(pooled, &[1], false)?;
    let logits = dense(graph, pooled, layer("head", None))?;

    let direction = named["direction"];
    let spread = graph.reduce_variance(pooled, &[1], false, 1)?;
    let parts = [
        (1.0, cross_entropy(graph, logits, named["classes"])?),
        (0.5, soft_cross_entropy(graph, logits, named["soft"])?),
        (0.25, sigmoid_cross_entropy(graph, logits, named["yes"])?),
        (1.0, cosine_similarity_loss(graph, pooled, direction, 1)?),
        (0.1, log_cosh(graph, pooled, direction)?),
        (0.05, mean_absolute_error(graph, pooled, direction)?),
        (0.1, graph.mean_all(spread)?),
    ];
    weighted_sum(graph, &parts)
}

fn weighted_sum(graph: &mut Graph, parts: &[(f32, Value)]) -> Result<Built, GraphError> {
    let mut total = graph.scalar(0.0);
    for &(weight, part) in parts {
        let weighted = graph.scale(part, weight)?;
        total = graph.add(total, weighted)?;
    }
    Ok(total.into())
}
