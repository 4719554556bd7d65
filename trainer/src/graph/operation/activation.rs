//! Activation functions.

use super::{NodeInGradient, Operation};
use crate::graph::builder::Graph;
use crate::graph::encode::Site;
use crate::graph::error::GraphError;
use crate::graph::onnx::AttributeProto;
use crate::graph::tensor::Tensor;
use crate::graph::value::Value;

#[derive(Debug, Clone, Copy, PartialEq)]
enum Activation {
    Relu,
    LeakyRelu { slope: f32 },
    Elu { alpha: f32 },
    Sigmoid,
    Tanh,
    Softplus,
}

impl Operation for Activation {
    fn name(&self) -> &'static str {
        match self {
            Activation::Relu => "Relu",
            Activation::LeakyRelu { .. } => "LeakyRelu",
            Activation::Elu { .. } => "Elu",
            Activation::Sigmoid => "Sigmoid",
            Activation::Tanh => "Tanh",
            Activation::Softplus => "Softplus",
        }
    }

    fn infer_shape(&self, inputs: &[&[usize]]) -> Result<Vec<usize>, String> {
        Ok(inputs[0].to_vec())
    }

    fn encode(&self, site: &mut Site<'_>) {
        let attributes = match *self {
            Activation::LeakyRelu { slope: alpha } | Activation::Elu { alpha } => {
                vec![AttributeProto::float("alpha", alpha)]
            }
            _ => Vec::new(),
        };
        site.emit(self.name(), &site.inputs(), attributes);
    }

    fn evaluate(&self, inputs: &[&Tensor], output_shape: &[usize]) -> Tensor {
        Tensor::from_fn(output_shape, |flat| {
            let x = inputs[0].values()[flat];
            match *self {
                Activation::Relu => x.max(0.0),
                Activation::LeakyRelu { slope } if x < 0.0 => x * f64::from(slope),
                Activation::Elu { alpha } if x < 0.0 => x.exp_m1() * f64::from(alpha),
                Activation::LeakyRelu { .. } | Activation::Elu { .. } => x,
                Activation::Sigmoid => 1.0 / (1.0 + (-x).exp()),
                Activation::Tanh => x.tanh(),
                // ln(1 + eˣ) without overflow
                Activation::Softplus => x.max(0.0) + (-x.abs()).exp().ln_1p(),
            }
        })
    }

    fn gradient(
        &self,
        graph: &mut Graph,
        node: &NodeInGradient<'_>,
    ) -> Result<Vec<Option<Value>>, GraphError> {
        let (x, y, dy) = (node.inputs[0], node.output, node.output_gradient);
        let slope = match *self {
            // y is never negative.
            Activation::Relu => graph.nonzero(y)?,
            Activation::LeakyRelu { slope } => {
                let positive = graph.step(x)?;
                let rise = graph.scale(positive, 1.0 - slope)?;
                graph.offset(rise, slope)?
            }
            // y + α where y is negative, else 1
            Activation::Elu { alpha } => {
                let positive = graph.step(x)?;
                let one = graph.scalar(1.0);
                let fall = graph.offset(y, alpha)?;
                graph.select(positive, one, fall)?
            }
            // y·(1 − y) as y − y²
            Activation::Sigmoid => {
                let squared = graph.square(y)?;
                graph.subtract(y, squared)?
            }
            Activation::Tanh => {
                let squared = graph.square(y)?;
                let one = graph.scalar(1.0);
                graph.subtract(one, squared)?
            }
            Activation::Softplus => graph.sigmoid(x)?,
        };
        Ok(vec![Some(graph.multiply(dy, slope)?)])
    }
}

impl Graph {
    /// `max(x, 0)`; the gradient at 0 is 0.
    ///
    /// # Errors
    /// Those of [`Graph::apply`].
    pub fn relu(&mut self, x: Value) -> Result<Value, GraphError> {
        self.apply(Activation::Relu, &[x])
    }

    /// x, or `slope·x` where x is negative; the gradient at 0 is `slope`.
    ///
    /// # Errors
    /// Those of [`Graph::apply`].
    pub fn leaky_relu(&mut self, x: Value, slope: f32) -> Result<Value, GraphError> {
        self.apply(Activation::LeakyRelu { slope }, &[x])
    }

    /// x, or `α·(eˣ − 1)` where x is negative (Clevert et al. 2016); the gradient at 0 is α.
    ///
    /// # Errors
    /// Those of [`Graph::apply`].
    pub fn elu(&mut self, x: Value, alpha: f32) -> Result<Value, GraphError> {
        self.apply(Activation::Elu { alpha }, &[x])
    }

    /// `1/(1 + e⁻ˣ)`.
    ///
    /// # Errors
    /// Those of [`Graph::apply`].
    pub fn sigmoid(&mut self, x: Value) -> Result<Value, GraphError> {
        self.apply(Activation::Sigmoid, &[x])
    }

    /// Hyperbolic tangent.
    ///
    /// # Errors
    /// Those of [`Graph::apply`].
    pub fn tanh(&mut self, x: Value) -> Result<Value, GraphError> {
        self.apply(Activation::Tanh, &[x])
    }

    /// `ln(1 + eˣ)`, from which cross-entropy on logits is made.
    ///
    /// # Errors
    /// Those of [`Graph::apply`].
    pub fn softplus(&mut self, x: Value) -> Result<Value, GraphError> {
        self.apply(Activation::Softplus, &[x])
    }

    /// `x·Φ(x)` with the exact normal distribution function (Hendrycks & Gimpel 2016).
    ///
    /// # Errors
    /// Those of [`Graph::apply`].
    pub fn gelu(&mut self, x: Value) -> Result<Value, GraphError> {
        let scaled = self.scale(x, std::f32::consts::FRAC_1_SQRT_2)?;
        let erf = self.erf(scaled)?;
        let doubled = self.offset(erf, 1.0)?;
        let half = self.scale(x, 0.5)?;
        self.multiply(half, doubled)
    }

    /// [`Graph::gelu`] by the approximation `x/2·(1 + tanh(√(2/π)·(x + 0.044715·x³)))` of the same paper, PyTorch's
    /// `approximate="tanh"`.
    ///
    /// # Errors
    /// Those of [`Graph::apply`].
    pub fn gelu_tanh(&mut self, x: Value) -> Result<Value, GraphError> {
        let squared = self.square(x)?;
        let cubic = self.scale(squared, 0.044_715)?;
        let factor = self.offset(cubic, 1.0)?;
        let bent = self.multiply(x, factor)?;
        let root = (2.0 / std::f64::consts::PI).sqrt() as f32;
        let scaled = self.scale(bent, root)?;
        let curve = self.tanh(scaled)?;
        let doubled = self.offset(curve, 1.0)?;
        let half = self.scale(x, 0.5)?;
        self.multiply(half, doubled)
    }

    /// `x·sigmoid(x)`, also called swish (Hendrycks & Gimpel 2016; Ramachandran et al. 2017).
    ///
    /// # Errors
    /// Those of [`Graph::apply`].
    pub fn silu(&mut self, x: Value) -> Result<Value, GraphError> {
        let gate = self.sigmoid(x)?;
        self.multiply(x, gate)
    }
}
