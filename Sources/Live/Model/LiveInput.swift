import Kernel
import Operations

/// What of the changes somebody wants to be told.
package struct LiveInput: OperationInput {
  package let customers: [PublicId]?
  /// The tickets that are named, by process.
  package let tickets: [(process: LiveProcess, id: PublicId)]

  private static let customersField = Field.list(
    "customers", of: Field.id("customer", .customer, "A customer.", "客户。"), count: 1...100,
    "Only of tickets of these customers, or that concern them; without it, of all that the caller may read.",
    "仅限这些客户的或涉及这些客户的工单；省略则为调用者可查看的全部工单。"
  ).optional
  private static let ticketFields = LiveProcess.allCases.map { process in
    let (english, chinese) = text(of: process)
    return (process, Field.id(process.rawValue, process.idKind, english, chinese).optional)
  }
  package static let fields: [any InputField] = [customersField] + ticketFields.map { $0.1 }

  package init(_ values: InputValues) throws(FieldError) {
    customers = try values[Self.customersField]
    var named: [(process: LiveProcess, id: PublicId)] = []
    for (process, field) in Self.ticketFields {
      if let id = try values[field] { named.append((process, id)) }
    }
    tickets = named
  }

  private static func text(of process: LiveProcess) -> (String, String) {
    switch process {
    case .incident: ("Only of this incident, and of what else is named.", "仅限此事件（及其他指定的工单）。")
    case .request: ("Only of this request, and of what else is named.", "仅限此请求（及其他指定的工单）。")
    case .problem: ("Only of this problem, and of what else is named.", "仅限此问题（及其他指定的工单）。")
    case .change: ("Only of this change, and of what else is named.", "仅限此变更（及其他指定的工单）。")
    case .release: ("Only of this release, and of what else is named.", "仅限此发布（及其他指定的工单）。")
    case .majorIncident: ("Only of this major incident, and of what else is named.", "仅限此重大事件（及其他指定的工单）。")
    }
  }
}
