import Desk
import Kernel
import Operations

/// The fields that the operations on problems share.
package enum ProblemFields: GivesReason {
  package static let id = Field.id("id", .problem, "The problem.", "问题编号。")
  static let title = Field.text("title", 1...200, "What it is about, in a line.", "标题。")
  static let description = Field.longText("description", 0...20_000, "What is noticed of it, and where.", "现象与范围。")
  static let category = Field.text("category", 1...100, "Its category, a key of code.list such as network/vpn.", "分类：code.list 中的键，例如 network/vpn。")
  static let incident = Field.id("incident", .incident, "The incident.", "事件工单。")
  static let ci = Field.id("ci", .ticketCi, "A configuration item of a customer, or one that the provider shares.", "客户的或服务商共享的配置项。")
  package static let reason = Field.longText("reason", 1...2000, "Why.", "原因。")
}

/// An input that only names a problem.
package typealias ProblemReference = ReferenceInput<ProblemFields>

/// A problem, and why something is done about it.
package typealias ProblemReason = ReasonInput<ProblemFields>

/// A page of what belongs to a problem.
package typealias PageOfProblem = PageOf<ProblemFields>
