import Assets
import Desk
import Kernel
import Operations

/// Something that comes back.
package struct ProblemCandidate: OperationOutput {
  let found: FindProblemCandidates.Found
  let newest: IncidentsOfPairs.Found
  let incidents: [CandidateIncident]
  let ci: NamedCis.Facts?
  let isShared: Bool
  let service: String?

  /// Nil where its incidents are not there any more.
  init?(
    _ found: FindProblemCandidates.Found, incidents: [IncidentsOfPairs.Found], ci: NamedCis.Facts?, codes: [Int64: String], provider: TenantId
  ) {
    guard let newest = incidents.first else { return nil }
    self.found = found
    self.newest = newest
    self.incidents = incidents.map { CandidateIncident(incident: $0) }
    self.ci = ci
    isShared = ci?.tenant == provider
    service = newest.service.flatMap { codes[$0] }
  }

  private var isByCi: Bool { found.ci != nil }

  private var ciId: PublicId? {
    ci.flatMap { PublicId(kind: IdKind.ticketCi.prefix, handle: $0.handle, random: $0.publicId) }
  }

  package static let fields: [OutputField<ProblemCandidate>] = [
    OutputField("customer", .id, "Whose incidents they are.", "所属客户。") { .id($0.newest.own(.customer, $0.newest.customerBits)) },
    OutputField("customerCode", .text, "His code.", "客户代码。") { .text($0.newest.code) },
    OutputField("basis", .text, "What they have in common: ci or category.", "共同点：ci（配置项）或 category（分类）。") { .text($0.isByCi ? "ci" : "category") },
    OutputField("ci", .id, "The configuration item.", "配置项编号。") { .id($0.ciId) },
    OutputField("ciName", .text, "What it is called.", "配置项名称。") { .text($0.ci?.name) },
    OutputField("ciShared", .boolean, "Whether the provider shares it among customers.", "是否为服务商共享。") { .bool($0.isShared) },
    OutputField("category", .text, "The category.", "分类。") { .text($0.isByCi ? nil : $0.newest.category) },
    OutputField("service", .text, "The code of the service, of a category; null: they name none.", "服务代码（按分类时）；未指定则为 null。") {
      .text($0.isByCi ? nil : $0.service)
    },
    OutputField("incidents", .integer, "How many there are.", "事件数。") { .integer($0.found.incidents) },
    OutputField("reopened", .integer, "How many of them were reopened.", "其中重新打开过的事件数。") { .integer($0.found.reopened) },
    OutputField("ofOneCategory", .integer, "How many of them have the category that most have.", "属于最常见分类的事件数。") { .integer($0.found.ofCategory) },
    OutputField("lastAt", .instant, "When the newest was opened.", "最近一个事件的创建时间。") { .instant($0.found.lastAt) },
    OutputField("newest", listOf: CandidateIncident.self, "The newest of them, at most 100.", "最近的事件，最多 100 个。") { $0.incidents },
  ]
}

/// An incident behind a candidate.
package struct CandidateIncident: OperationOutput {
  let incident: IncidentsOfPairs.Found

  package static let fields: [OutputField<CandidateIncident>] = [
    OutputField("id", .id, "The incident.", "事件工单。") { .id($0.incident.own(.incident, $0.incident.publicId)) },
    OutputField("number", .text, "Its number, for people.", "工单号。") { .text(IncidentView.number(of: $0.incident.code, $0.incident.number)) },
    OutputField("title", .text, "What it is about, in a line.", "标题。") { .text($0.incident.title) },
    OutputField("state", .text, "Its state.", "状态。") { .text($0.incident.state) },
    OutputField("openedAt", .instant, "When it was opened.", "创建时间。") { .instant($0.incident.openedAt) },
  ]
}
