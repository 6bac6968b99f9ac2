import Attributes
import Desk
import Kernel
import Operations

package enum ReadRelease: Operation {
  package typealias Input = ReleaseReference

  package static let declaration = Declaration(
    "release.read", "Read a release, with who answers for it, what it must meet and where it went.", zh: "查看发布及其负责人、验收标准与部署记录。", permission: ChangeRights.read,
    roles: ChangeRights.readers, reach: .provider, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ReleaseDetail {
    let row = try await context.release(input.id)
    let (criteria, deployments) = try await context.transaction.query(
      CriteriaOfRelease(provider: context.provider.id, release: row.id), DeploymentsOfRelease(provider: context.provider.id, release: row.id))
    return ReleaseDetail(
      record: ReleaseRecord(row, in: context), offer: try await context.standingOffer(of: .release(row.id)), criteria: criteria, deployments: deployments)
  }
}

package enum ListReleases: Operation {
  package struct Input: OperationInput {
    let state: String?
    let owner: PublicId?
    let unowned: Bool
    let offered: Bool
    let attribute: String?
    let limit: Int64?
    let cursor: String?

    private static let state = Field.oneOf("state", ReleaseState.allCases.map(\.rawValue), "Only those in this state.", "仅限此状态。").optional
    private static let owner = Field.id("owner", .staff, "Only those for which he answers.", "仅限此人负责的发布。").optional
    package static let fields: [any InputField] = [
      state, owner, OfferFields.unowned, OfferFields.offered, AttributeFields.filter, Paging.limit, Paging.cursor,
    ]

    package init(_ values: InputValues) throws(FieldError) {
      state = try values[Self.state]
      owner = try values[Self.owner]
      unowned = try values[OfferFields.unowned] ?? false
      offered = try values[OfferFields.offered] ?? false
      attribute = try values[AttributeFields.filter]
      limit = try values[Paging.limit]
      cursor = try values[Paging.cursor]
    }

    /// What a cursor is good for.
    fileprivate var filterText: String { "\(state ?? "")/\(owner?.description ?? "")/\(unowned)/\(offered)/\(attribute ?? "")" }
  }

  package static let declaration = Declaration(
    "release.list", "List the releases that the caller may see, the newest first.", zh: "列出有权查看的发布，最新的在前。", permission: ChangeRights.read,
    roles: ChangeRights.readers, reach: .provider, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<ReleaseLine> {
    let filter = input.filterText
    let (limit, after) = try context.page(input.limit, input.cursor, filter: filter)
    if let owner = input.owner {
      let known = StaffToFilterBy(provider: context.provider.id, publicId: owner)
      guard try await context.transaction.first(known) != nil else { throw context.unknownReference("owner") }
    }
    let offeredTeams = try await input.offered ? context.teamsToAnswerFor() : []
    let page = ReleasePage(
      provider: context.provider.id, customers: context.reachableCustomers, reader: context.actor,
      filter: ReleasePage.Filter(
        state: input.state, owner: input.owner, isUnowned: input.unowned, isOffered: input.offered, offeredTeams: offeredTeams,
        attribute: try await context.attributeFilter(input.attribute, of: .release)),
      before: try after.map { (openedAt: try $0.instant(0), id: try $0.integer(1)) }, limit: limit + 1)
    let rows: [ReleaseRow]
    if page.customers == nil {
      rows = try await context.transaction.query(page)
    } else {
      rows = try await context.transaction.query(ReleasesOfCustomers(releases: page))
    }
    return context.listing(rows, limit: limit, filter: filter, key: { PageCursor([.integer($0.openedAt.microseconds), .integer($0.id)]) }) {
      ReleaseLine($0, in: context)
    }
  }
}

package enum ReadReleaseHistory: Operation {
  package typealias Input = PageOfRelease

  package static let declaration = Declaration(
    "release.history", "Read what happened to a release, in order.", zh: "按顺序查看发布的历史。", permission: ChangeRights.read, roles: ChangeRights.readers,
    reach: .provider, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<ChangeEventRecord> {
    try await context.history(of: .release, input.id, input.limit, input.cursor) {
      let release = try await context.release(input.id)
      return (.release(release.id), release.openedAt)
    }
  }
}

extension OperationContext {
  /// A release that the caller may see.
  func release(_ id: PublicId) async throws -> ReleaseRow {
    let found = ReleaseByPublicId(provider: provider.id, customers: reachableCustomers, reader: actor, publicId: id)
    guard principal.side == .staff, let row = try await transaction.first(found) else { throw Failure.notFound }
    return row
  }
}
