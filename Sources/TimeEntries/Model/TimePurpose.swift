import Kernel
import Operations

/// What of the provider's own work may be done for, by the name of the field that names it.
enum ProvidersThing: String, CaseIterable, Sendable {
  case problem, change, release, majorIncident

  var kind: IdKind {
    switch self {
    case .problem: .problemOfTime
    case .change: .changeOfTime
    case .release: .releaseOfTime
    case .majorIncident: .majorOfTime
    }
  }

  /// What the process is called, in rows and in answers.
  var process: String {
    switch self {
    case .problem: "problem"
    case .change: "change"
    case .release: "release"
    case .majorIncident: "major_incident"
    }
  }

  /// What its numbers have between the provider's code and the digits.
  var numberKind: String {
    switch self {
    case .problem: "PRB"
    case .change: "CHG"
    case .release: "REL"
    case .majorIncident: "MAJ"
    }
  }

  /// The right to read one.
  var permission: String {
    switch self {
    case .problem: "problem.read"
    case .change, .release: "change.read"
    case .majorIncident: "major_incident.read"
    }
  }
}

/// What work was done for, where that is no incident: at most one of these. It names the work; what counts is its contract line.
struct TimePurpose: Sendable {
  /// The customer's.
  var request: TimeEntryRow.Reference?
  /// The provider's own, by the random bits of its public id.
  var things: [ProvidersThing: [UInt8]] = [:]

  var count: Int { (request == nil ? 0 : 1) + things.count }
}

/// Where work was done and what for, as somebody names it.
struct NamedWork: Sendable {
  let ticket: PublicId?
  let line: PublicId?
  let request: PublicId?
  let things: [ProvidersThing: PublicId]

  private static let request = Field.id(
    "request", .requestOfTime, "The request that it was done for; its contract line counts.", "所属服务请求，适用其合同行。"
  ).optional
  private static let problem = Field.id(
    "problem", .problemOfTime, "The problem that it was done for; the line says whose work it was, or the provider himself is the customer.",
    "所属问题；以合同行指明归属客户，或以服务商自身为客户。"
  ).optional
  private static let change = Field.id("change", .changeOfTime, "The change that it was done for; as with a problem.", "所属变更；同问题。").optional
  private static let release = Field.id("release", .releaseOfTime, "The release that it was done for; as with a problem.", "所属发布；同问题。").optional
  private static let majorIncident = Field.id(
    "majorIncident", .majorOfTime, "The major incident that it was done for; as with a problem.", "所属重大事件；同问题。"
  ).optional

  static let fields: [any InputField] = [
    TimeFields.ticket.optional, TimeFields.line.optional, request, problem, change, release, majorIncident,
  ]

  init(_ values: InputValues) throws(FieldError) {
    ticket = try values[TimeFields.ticket.optional]
    line = try values[TimeFields.line.optional]
    request = try values[Self.request]
    var things: [ProvidersThing: PublicId] = [:]
    things[.problem] = try values[Self.problem]
    things[.change] = try values[Self.change]
    things[.release] = try values[Self.release]
    things[.majorIncident] = try values[Self.majorIncident]
    self.things = things
  }

  /// The field that says which contract line it is.
  var lineField: String { request == nil ? "line" : "request" }

  /// The field that names what work was done for, and the right to read that.
  var sight: (field: String, permission: String) {
    if request != nil { return ("request", "request.read") }
    if let thing = ProvidersThing.allCases.first(where: { things[$0] != nil }) { return (thing.rawValue, thing.permission) }
    return ("ticket", "incident.read")
  }

  /// How many things it names that work is done for.
  var count: Int { [ticket, request].count { $0 != nil } + things.count }

  init(ticket: PublicId?, line: PublicId?, request: PublicId?, things: [ProvidersThing: PublicId] = [:]) {
    self.ticket = ticket
    self.line = line
    self.request = request
    self.things = things
  }
}
