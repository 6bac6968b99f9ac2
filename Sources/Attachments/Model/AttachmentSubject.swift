import Changes
import Desk
import Kernel
import MajorIncidents
import Operations
import Problems
import Requests

/// What files are attached to, by the name of the input field that names it.
enum SubjectKind: String, Sendable, CaseIterable {
  case incident, request, problem, change, release, majorIncident

  /// Whether it is the provider's own: customers do not see it, nor what is attached to it.
  var isProvidersOwn: Bool {
    switch self {
    case .incident, .request: false
    case .problem, .change, .release, .majorIncident: true
    }
  }

  /// Seeing it is seeing its files.
  var read: String {
    switch self {
    case .incident: AttachmentRights.read
    case .request: "request.read"
    case .problem: "problem.read"
    case .change, .release: "change.read"
    case .majorIncident: "major_incident.read"
    }
  }

  var id: IdKind {
    switch self {
    case .incident: .incident
    case .request: .request
    case .problem: .problem
    case .change: .change
    case .release: .release
    case .majorIncident: .majorIncident
    }
  }
}

/// The one thing that an input names, of those that have files.
struct NamedSubject: Sendable {
  let kind: SubjectKind
  let id: PublicId

  private static let incident = Field.id("incident", .incident, "The incident; or one of the others.", "事件工单；或填写其余各项之一。").optional
  private static let request = Field.id("request", .request, "The request.", "服务请求。").optional
  private static let problem = Field.id("problem", .problem, "The problem; its files are the provider's own.", "问题；其附件仅服务商人员可见。").optional
  private static let change = Field.id("change", .change, "The change; its files are the provider's own.", "变更；其附件仅服务商人员可见。").optional
  private static let release = Field.id("release", .release, "The release; its files are the provider's own.", "发布；其附件仅服务商人员可见。").optional
  private static let majorIncident = Field.id(
    "majorIncident", .majorIncident, "The major incident; its files are the provider's own.", "重大事件；其附件仅服务商人员可见。"
  ).optional

  static let fields: [any InputField] = [incident, request, problem, change, release, majorIncident]
  /// Exactly one of them is given.
  static let names = SubjectKind.allCases.map(\.rawValue)

  init(_ kind: SubjectKind, _ id: PublicId) {
    self.kind = kind
    self.id = id
  }

  init(_ values: InputValues) throws(FieldError) {
    var given: [NamedSubject] = []
    if let id = try values[Self.incident] { given.append(NamedSubject(.incident, id)) }
    if let id = try values[Self.request] { given.append(NamedSubject(.request, id)) }
    if let id = try values[Self.problem] { given.append(NamedSubject(.problem, id)) }
    if let id = try values[Self.change] { given.append(NamedSubject(.change, id)) }
    if let id = try values[Self.release] { given.append(NamedSubject(.release, id)) }
    if let id = try values[Self.majorIncident] { given.append(NamedSubject(.majorIncident, id)) }
    guard let only = given.first, given.count == 1 else {
      throw FieldError(given.last?.kind.rawValue ?? SubjectKind.incident.rawValue, AttachmentsMessages.oneSubject)
    }
    self = only
  }
}

/// What a file is attached to, as it lies in the database.
struct AttachmentSubject: Sendable {
  let kind: SubjectKind
  let id: Int64
  /// The one customer whom a problem is about, or was when a file came to it.
  var customer: Int64?

  /// Its id, if it is of this kind.
  func row(_ kind: SubjectKind) -> Int64? { self.kind == kind ? id : nil }
}
