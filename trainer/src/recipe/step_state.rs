//! The state that a training step carries: its names, and what follows it.

use super::mixed_precision::LOSS_SCALE;
use crate::architecture::ParameterTable;
use crate::engine::StateTensor;
use crate::graph::{Accumulation, Graph, GraphError, Value, moving_average};

/// Prefix of the first moments' names.
pub(super) const FIRST_MOMENT: &str = "first_moment/";
/// Prefix of the second moments' names.
pub(super) const SECOND_MOMENT: &str = "second_moment/";
/// Prefix of the averaged parameters' and statistics' names.
const AVERAGE: &str = "average/";
/// Prefix of the names of the gradients' sums over the batches of a step.
const GRADIENT_SUM: &str = "gradient_sum/";

/// Says whether a state tensor is a parameter, and no moment, average, sum or loss scale.
pub fn is_parameter(name: &str) -> bool {
    let others = [
        FIRST_MOMENT,
        SECOND_MOMENT,
        AVERAGE,
        GRADIENT_SUM,
        LOSS_SCALE,
    ];
    !others.iter().any(|prefix| name.starts_with(prefix))
}

/// The parameter or statistic whose moving average a state tensor is.
pub fn averaged_parameter(name: &str) -> Option<&str> {
    name.strip_prefix(AVERAGE)
}

/// Says whether a state tensor means nothing between two steps of the optimiser.
pub fn is_within_step(name: &str) -> bool {
    name.starts_with(GRADIENT_SUM)
}

/// Declares what follows each tensor of the state and collects the first values.
pub(super) struct Following<'a> {
    /// Where the first values of parameters stand.
    pub(super) table: &'a ParameterTable,
    /// Where a step takes several batches.
    pub(super) accumulation: Option<Accumulation>,
    /// The decay of the moving average, where there is one.
    pub(super) decay: Option<Value>,
    /// Not 0 where the step's gradients are finite numbers, so that it may be taken; none where they are taken for it.
    pub(super) sound: Option<Value>,
    /// The first values so far.
    pub(super) state: Vec<StateTensor>,
}

impl Following<'_> {
    /// The gradient that the optimiser sees, from that of one batch: the same, or the mean over the batches so far.
    pub(super) fn gradient(
        &mut self,
        graph: &mut Graph,
        parameter: &str,
        gradient: Value,
    ) -> Result<Value, GraphError> {
        let Some(accumulation) = self.accumulation else {
            return Ok(gradient);
        };
        let name = format!("{GRADIENT_SUM}{parameter}");
        let shape = graph.shape(gradient).to_vec();
        let sum = graph.input(&format!("state/{name}"), &shape);
        let next = accumulation.add(graph, sum, gradient)?;
        graph.output(&format!("next/{name}"), next);
        self.state.push(zeros(name, &shape));
        Ok(next)
    }

    /// `next` follows the parameter `value`, and its average moves towards it.
    pub(super) fn parameter(
        &mut self,
        graph: &mut Graph,
        name: &str,
        value: Value,
        next: Value,
    ) -> Result<(), GraphError> {
        let chosen = self.after_the_last_batch(graph, next, value)?;
        graph.output(&format!("next/{name}"), chosen);
        let shape = graph.shape(value).to_vec();
        self.state.push(self.first(name, &shape));
        self.average(graph, name, next)
    }

    /// `next` follows the moment `value` of this name, which begins at zero.
    pub(super) fn moment(
        &mut self,
        graph: &mut Graph,
        name: &str,
        value: Value,
        next: Value,
    ) -> Result<(), GraphError> {
        let chosen = self.after_the_last_batch(graph, next, value)?;
        graph.output(&format!("next/{name}"), chosen);
        self.state.push(zeros(name.to_owned(), graph.shape(value)));
        Ok(())
    }

    /// The second number follows the first after each step, whether that is taken or left out; the first value is `first`.
    pub(super) fn scalar(
        &mut self,
        graph: &mut Graph,
        name: &str,
        (value, next): (Value, Value),
        first: f32,
    ) -> Result<(), GraphError> {
        let chosen = match self.accumulation {
            None => next,
            Some(accumulation) => accumulation.choose(graph, next, value)?,
        };
        graph.output(&format!("next/{name}"), chosen);
        self.state.push(StateTensor {
            name: name.to_owned(),
            shape: Vec::new(),
            values: vec![first],
        });
        Ok(())
    }

    /// `next` follows the running statistic `value`, with every batch; its average moves with the parameters'.
    pub(super) fn statistic(
        &mut self,
        graph: &mut Graph,
        name: &str,
        value: Value,
        next: Value,
    ) -> Result<(), GraphError> {
        graph.output(&format!("next/{name}"), next);
        let shape = graph.shape(value).to_vec();
        self.state.push(self.first(name, &shape));
        self.average(graph, name, next)
    }

    /// The parameter `value` stays as it is.
    pub(super) fn frozen(
        &mut self,
        graph: &mut Graph,
        name: &str,
        value: Value,
    ) -> Result<(), GraphError> {
        let same = graph.scale(value, 1.0)?;
        graph.output(&format!("next/{name}"), same);
        let shape = graph.shape(value).to_vec();
        self.state.push(self.first(name, &shape));
        Ok(())
    }

    fn average(&mut self, graph: &mut Graph, name: &str, next: Value) -> Result<(), GraphError> {
        let Some(decay) = self.decay else {
            return Ok(());
        };
        let averaged = format!("{AVERAGE}{name}");
        let shape = graph.shape(next).to_vec();
        let average = graph.input(&format!("state/{averaged}"), &shape);
        let moved = moving_average(graph, average, next, decay)?;
        let chosen = self.after_the_last_batch(graph, moved, average)?;
        graph.output(&format!("next/{averaged}"), chosen);
        let first = self.first(name, &shape);
        self.state.push(StateTensor {
            name: averaged,
            ..first
        });
        Ok(())
    }

    fn after_the_last_batch(
        &self,
        graph: &mut Graph,
        stepped: Value,
        before: Value,
    ) -> Result<Value, GraphError> {
        let stepped = match self.sound {
            None => stepped,
            Some(sound) => graph.select(sound, stepped, before)?,
        };
        match self.accumulation {
            None => Ok(stepped),
            Some(accumulation) => accumulation.choose(graph, stepped, before),
        }
    }

    fn first(&self, name: &str, shape: &[usize]) -> StateTensor {
        let parameter = self.table.get(name);
        StateTensor {
            name: name.to_owned(),
            shape: shape.to_vec(),
            values: parameter.map_or_else(Vec::new, |parameter| parameter.values.clone()),
        }
    }
}

fn zeros(name: String, shape: &[usize]) -> StateTensor {
    StateTensor {
        name,
        shape: shape.to_vec(),
        values: vec![0.0; shape.iter().product()],
    }
}
