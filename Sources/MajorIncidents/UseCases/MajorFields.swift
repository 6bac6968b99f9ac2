import Desk
import Kernel
import Operations

/// The fields that the operations on major incidents share.
package enum MajorFields: GivesReason {
  package static let id = Field.id("id", .majorIncident, "The major incident.", "重大事件编号。")
  static let title = Field.text("title", 1...200, "What it is about, in a line.", "标题。")
  static let description = Field.longText("description", 0...20_000, "What is noticed of it, and where; among the staff.", "现象与范围（仅服务商人员可见）。")
  static let incident = Field.id("incident", .incident, "The incident.", "事件工单。")
  static let lead = Field.id("lead", .staff, "Who leads it: one who may work on the incidents of all its customers.", "负责人：须对所涉及的全部客户均有事件处理权限。")
  package static let reason = Field.longText("reason", 1...2000, "Why.", "原因。")
}

/// An input that only names a major incident.
package typealias MajorReference = ReferenceInput<MajorFields>

/// A page of what belongs to a major incident.
package typealias PageOfMajor = PageOf<MajorFields>
