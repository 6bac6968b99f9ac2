import Assets
import Desk
import Kernel
import Operations
import Tenancy

package struct CiOfProblem: OperationInput {
  let id: PublicId
  let ci: PublicId

  package static let fields: [any InputField] = [ProblemFields.id, ProblemFields.ci]

  package init(_ values: InputValues) throws(FieldError) {
    id = try values[ProblemFields.id]
    ci = try values[ProblemFields.ci]
  }
}

/// Says that a problem is about a CI. It needs no version: it stands beside both.
package enum AddProblemCi: Operation {
  package typealias Input = CiOfProblem

  package static let declaration = Declaration(
    "problem.add_ci", "Say that a problem is about a configuration item, of a customer or of those that the provider shares.",
    zh: "登记问题涉及的配置项（客户的或服务商共享的）。", permission: ProblemRights.work, roles: ProblemRights.workers,
    reach: .homeOr(by: "ci", andProvider: true), effect: .change)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Done {
    var work = try await ProblemWork.begin(on: input.id, in: context, comparesVersion: false, concernsAll: false)
    try work.requireOpen()
    try await work.name(input.ci, of: context.tenant, "ci")
    work.save(countsVersion: false)
    return Done(id: input.id, version: work.row.version)
  }
}

package enum RemoveProblemCi: Operation {
  package typealias Input = CiOfProblem

  package static let declaration = Declaration(
    "problem.remove_ci", "Say that a problem is not about a configuration item after all.", zh: "移除问题涉及的配置项。", permission: ProblemRights.work,
    roles: ProblemRights.workers, reach: .homeOr(by: "ci", andProvider: true), effect: .change)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Done {
    var work = try await ProblemWork.begin(on: input.id, in: context, comparesVersion: false, concernsAll: false)
    try work.requireOpen()
    let ci = try await context.ci(input.ci, of: context.tenant, for: nil, "ci")
    guard try await context.transaction.first(DropCiLink(provider: context.provider.id, problem: work.row.id, ci: ci.id)) != nil else {
      throw Failure(.conflict, ProblemMessages.namesNotCi)
    }
    work.note("ci_removed", .object(["ci": .id(input.ci)]), of: work.owner(of: context.tenant))
    work.save(countsVersion: false)
    return Done(id: input.id, version: work.row.version)
  }
}

extension ProblemWork {
  static let mostCis = 100

  /// Names a CI of a tenant that is bound. Of those that the provider shares it takes what affects the customer, or one that the caller serves.
  mutating func name(_ id: PublicId, of tenant: TenantEntry, _ path: String) async throws {
    let provider = context.provider.id
    if let customer = row.customer, customer.id != tenant.id, tenant.id != provider { throw Failure.invalid(path, ProblemMessages.ofAnother) }
    let ci = try await context.ci(id, of: tenant, for: row.customer?.id, path)
    guard ci.isLive else { throw context.unknownReference(path) }
    guard try await context.transaction.query(CiLinks(provider: provider, problem: row.id, customers: nil)).count < Self.mostCis else {
      throw Failure(.conflict, ProblemMessages.tooManyCis, ["most": String(Self.mostCis)])
    }
    let named = InsertCiLink(provider: provider, problem: row.id, ci: ci.id, tenant: tenant.id, now: context.now)
    guard try await context.transaction.first(named) != nil else { throw Failure(.conflict, ProblemMessages.namesCi) }
    note("ci_added", .object(["ci": .id(id)]), of: owner(of: tenant))
  }

  /// Whose affair a CI of a tenant is: what the provider shares is for all of the staff.
  func owner(of tenant: TenantEntry) -> TenantId? { tenant.id == context.provider.id ? nil : tenant.id }
}

extension OperationContext {
  /// A CI that a body names, of a tenant that is bound.
  /// - Parameter customer: the one whom a shared CI must affect; nil: one of those whom the caller serves.
  func ci(_ id: PublicId, of tenant: TenantEntry, for customer: TenantId?, _ path: String) async throws -> CiToName.Found {
    let affecting: [Int64]? = tenant.id == provider.id ? customer.map { [$0.rawValue] } ?? reachableCustomers : nil
    guard let ci = try await transaction.first(CiToName(tenant: tenant.id, publicId: id, affecting: affecting)) else { throw unknownReference(path) }
    return ci
  }

  /// What the CMDB says of the CIs that a problem names. Only for operations that read.
  func told(_ links: [CiLinks.Found]) async throws -> [ProblemCi] {
    guard !links.isEmpty else { return [] }
    let statement = NamedCis(tenants: links.map(\.tenant), cis: links.map(\.ci))
    let found = try await bound(to: Set(links.map(\.tenant)).sorted()) { try await $0.query(statement) }
    let facts = Dictionary(found.map { ($0.id, $0) }) { first, _ in first }
    return links.compactMap { link in
      facts[link.ci].map { facts in
        let kind = IdKind.ticketCi.prefix
        let id = PublicId(kind: kind, handle: facts.handle, random: facts.publicId) ?? .none(kind: kind, handle: facts.handle)
        return ProblemCi(id: id, isShared: facts.tenant == provider.id, facts: facts)
      }
    }
  }
}
