import Kernel
import Operations

/// What work was done for, where that is no incident: at most one of these. It names the work; what counts is its contract line.
struct TimePurpose: Sendable {
  /// The customer's.
  var request: TimeEntryRow.Reference?
  /// The provider's own, by the random bits of its public id.
  var problem: [UInt8]?
  var change: [UInt8]?

  var count: Int { (request == nil ? 0 : 1) + (problem == nil ? 0 : 1) + (change == nil ? 0 : 1) }
}

/// Where work was done and what for, as somebody names it.
struct NamedWork: Sendable {
  let ticket: PublicId?
  let line: PublicId?
  let request: PublicId?
  let problem: PublicId?
  let change: PublicId?

  private static let request = Field.id(
    "request", .requestOfTime, "The request that it was done for; its contract line counts.", "所属服务请求，适用其合同行。"
  ).optional
  private static let problem = Field.id(
    "problem", .problemOfTime, "The problem that it was done for; the line says whose work it was, or the provider himself is the customer.",
    "所属问题；以合同行指明归属客户，或以服务商自身为客户。"
  ).optional
  private static let change = Field.id("change", .changeOfTime, "The change that it was done for; as with a problem.", "所属变更；同问题。").optional

  static let fields: [any InputField] = [TimeFields.ticket.optional, TimeFields.line.optional, request, problem, change]

  init(_ values: InputValues) throws(FieldError) {
    ticket = try values[TimeFields.ticket.optional]
    line = try values[TimeFields.line.optional]
    request = try values[Self.request]
    problem = try values[Self.problem]
    change = try values[Self.change]
  }

  /// The field that says which contract line it is.
  var lineField: String { request == nil ? "line" : "request" }

  /// The field that names what work was done for, and the right to read that.
  var sight: (field: String, permission: String) {
    if request != nil { return ("request", "request.read") }
    if problem != nil { return ("problem", "problem.read") }
    if change != nil { return ("change", "change.read") }
    return ("ticket", "incident.read")
  }

  /// How many things it names that work is done for.
  var count: Int { [ticket, request, problem, change].count { $0 != nil } }

  init(ticket: PublicId?, line: PublicId?, request: PublicId?, problem: PublicId?, change: PublicId?) {
    self.ticket = ticket
    self.line = line
    self.request = request
    self.problem = problem
    self.change = change
  }
}
