import Contracts
import Kernel
import Operations

package struct FileSla: OperationInput {
  let name: String
  let resolutionStopsAt: ResolutionStop
  let targets: [FileTarget]

  private static let stopsAt = Field.oneOf("resolutionStopsAt", ResolutionStop.allCases.map(\.rawValue), "Where resolution stops.", "解决计时停止处。")
  private static let targets = Field<[FileTarget]>.list(
    "targets", of: Field<FileTarget>.object("target", "A target.", "目标。"), count: 1...100, "What is promised.", "服务级别目标。")

  package static let fields: [any InputField] = [FileFields.name, stopsAt.optional, targets]

  package init(_ values: InputValues) throws(FieldError) {
    name = try values[FileFields.name]
    resolutionStopsAt = try values[Self.stopsAt.optional].flatMap(ResolutionStop.init(rawValue:)) ?? .resolved
    targets = try values[Self.targets]
  }

  /// One target for each metric and priority, as the operations take them.
  var goals: [Goal] {
    targets.enumerated().flatMap { index, target in
      target.priorities.map { priority in
        Goal(
          metric: target.metric, priority: priority, budget: target.within, calendar: target.calendar, objective: target.objective,
          pauses: target.pauses ?? (target.metric != Metric.response.rawValue), path: "targets[\(index)]")
      }
    }
  }
}

/// One line of an SLA in a file: for several priorities at once.
package struct FileTarget: OperationInput {
  let metric: String
  let priorities: [Int64]
  let within: Budget
  let calendar: String
  let objective: Rate?
  let pauses: Bool?

  private static let metric = Field.oneOf("metric", Metric.allCases.map(\.rawValue), "What is promised.", "指标。")
  private static let priorities = Field<[Int64]>.list(
    "priorities", of: Field.integer("priority", 1...5, "A priority.", "优先级。"), count: 1...5, "The priorities that it is for.", "适用的优先级。")
  private static let within = Field.text("within", 1...40, "15 min, 1 h 30 min, 2 business days.", "时限：15 min、1 h 30 min、2 business days。")
  private static let calendar = Field.text("calendar", 1...120, "The calendar's name.", "日历名称。")
  private static let objective = Field.percent("objective", "The share that must meet it.", "达标率。")
  private static let pauses = Field.boolean("pauses", "Whether pending states stop the clock.", "挂起是否停止计时。")

  package static let fields: [any InputField] = [metric, priorities, within, calendar, objective.optional, pauses.optional]

  package init(_ values: InputValues) throws(FieldError) {
    metric = try values[Self.metric]
    priorities = try values[Self.priorities]
    guard let budget = WrittenTime.budget(try values[Self.within]) else { throw FieldError("within", ContractFileMessages.badDuration) }
    within = budget
    calendar = try values[Self.calendar]
    objective = try values[Self.objective.optional]
    pauses = try values[Self.pauses.optional]
  }
}

/// A target as it is compared: of the file, or of the database.
struct Goal: Hashable, Sendable {
  let metric: String
  let priority: Int64
  let budget: Budget
  /// The calendar's name.
  let calendar: String
  let objective: Rate?
  let pauses: Bool
  /// Where it stands in the file, within its SLA.
  let path: String
}
