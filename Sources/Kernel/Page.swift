/// One page of a listing and where the next one begins.
package struct Page<Element: Sendable>: Sendable {
  package let elements: [Element]
  /// The sort key of the last element; nil on the last page.
  package let next: PageCursor?

  package init(elements: [Element], next: PageCursor?) {
    self.elements = elements
    self.next = next
  }

  package func map<Other>(_ transform: (Element) throws -> Other) rethrows -> Page<Other> {
    Page<Other>(elements: try elements.map(transform), next: next)
  }
}

/// The sort key of the last row of a page (keyset paging). Outside it is an opaque text that the operations layer
/// signs for its principal, operation and filter, so that neither a made-up nor a borrowed cursor is followed.
package struct PageCursor: Hashable, Sendable {
  package let keys: [Value]

  package init(_ keys: [Value]) {
    self.keys = keys
  }

  package func integer(_ index: Int) throws(Failure) -> Int64 {
    guard keys.indices.contains(index), let integer = keys[index].integer else { throw Failure(.invalid, KernelMessages.badCursor) }
    return integer
  }

  package func instant(_ index: Int) throws(Failure) -> Instant { Instant(microseconds: try integer(index)) }

  package func text(_ index: Int) throws(Failure) -> String {
    guard keys.indices.contains(index), let text = keys[index].text else { throw Failure(.invalid, KernelMessages.badCursor) }
    return text
  }
}
