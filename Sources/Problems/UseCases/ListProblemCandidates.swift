import Assets
import Desk
import Kernel
import Operations

/// What comes back: CIs, and categories with their services, of which a customer has had several incidents in a short time that no problem is
/// behind; and what somebody marked. `problem.open` takes the incidents of a candidate as they are.
package enum ListProblemCandidates: Operation {
  package struct Input: OperationInput {
    let customer: PublicId?
    let days: Int64
    let least: Int64
    let limit: Int64

    private static let customer = Field.id(
      "customer", .customer, "Only this customer's; left out: those of all that the caller serves.", "仅限此客户；不填则为所服务的全部客户。"
    ).optional
    private static let days = Field.integer("days", 1...90, "How many days back incidents count (default 30).", "统计最近多少天内的事件（默认 30）。").optional
    private static let least = Field.integer("least", 2...1000, "How many incidents make a candidate (default 3).", "至少多少个事件构成候选（默认 3）。").optional
    private static let limit = Field.integer("limit", 1...100, "How many candidates at the most (default 20).", "最多返回多少个候选（默认 20）。").optional
    package static let fields: [any InputField] = [customer, days, least, limit]

    package init(_ values: InputValues) throws(FieldError) {
      customer = try values[Self.customer]
      days = try values[Self.days] ?? 30
      least = try values[Self.least] ?? 3
      limit = try values[Self.limit] ?? 20
    }
  }

  package struct Output: OperationOutput {
    let candidates: [ProblemCandidate]
    let marked: [MarkedIncident]

    package static let fields: [OutputField<Output>] = [
      OutputField(
        "candidates", listOf: ProblemCandidate.self, "Most incidents first, each that was reopened counted twice.", "事件多者在前，重新打开过的事件计两次。"
      ) { $0.candidates },
      OutputField(
        "marked", listOf: MarkedIncident.self,
        "Incidents that somebody marked (problem_candidate.mark), the newest mark first, as many as the limit at the most; opening a problem of them settles that.",
        "人工标记的问题候选（problem_candidate.mark），最新标记在前，数量不超过 limit；据此新建问题即视为已处理。"
      ) { $0.marked },
    ]
  }

  package static let declaration = Declaration(
    "problem.candidates",
    "Find what comes back: configuration items and categories with several incidents that no problem is behind; and the incidents that somebody marked.",
    zh: "发现反复发生的事件：同一配置项或同一分类下、尚无对应问题的多个事件；并列出人工标记的事件。", permission: ProblemRights.read, roles: ProblemRights.readers, reach: .many, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Output {
    var tenants = context.reachableCustomers
    if let customer = input.customer {
      guard let entry = try await context.tenancy.tenant(customer.handle) else { throw context.unknownReference("customer") }
      tenants = [entry.id.rawValue]
    }
    let found = try await context.transaction.query(
      FindProblemCandidates(
        tenants: tenants, since: context.now.adding(seconds: -input.days * 86_400), least: input.least, limit: input.limit))
    let marked = try await context.markedIncidents(of: tenants, limit: input.limit)
    guard !found.isEmpty else { return Output(candidates: [], marked: marked) }
    let incidents = try await context.incidents(found.flatMap { candidate in candidate.tickets.map { (tenant: candidate.tenant, ticket: $0) } })
    let cis = try await context.cis(of: found)
    let services = try await context.transaction.query(ServiceCodes(services: Set(incidents.values.compactMap(\.service)).sorted()))
    let codes = Dictionary(services.map { ($0.id, $0.code) }) { first, _ in first }
    return Output(
      candidates: found.compactMap { candidate in
        ProblemCandidate(
          candidate, incidents: candidate.tickets.compactMap { incidents[$0] }, ci: candidate.ci.flatMap { cis[$0] }, codes: codes,
          provider: context.provider.id)
      }, marked: marked)
  }
}

extension OperationContext {
  /// The CIs of candidates, whose ids no two tenants share; those that the provider shares among them.
  fileprivate func cis(of candidates: [FindProblemCandidates.Found]) async throws -> [Int64: NamedCis.Facts] {
    let named = candidates.filter { $0.ci != nil }
    guard !named.isEmpty else { return [:] }
    let tenants = Set(named.map(\.tenant) + [provider.id]).sorted()
    let statement = CandidateCis(tenants: tenants, cis: named.compactMap(\.ci))
    let found = try await bound(to: tenants) { try await $0.query(statement) }
    return Dictionary(found.map { ($0.id, $0) }) { first, _ in first }
  }
}
