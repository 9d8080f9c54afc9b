#!/usr/bin/env python3
"""No circles: a header and its source are one component, and components include one way only."""
import tree


def includes(files):
    """{component: {component it includes: (file, line)}} of files {path: text}."""
    graph = {}
    for name, text in files.items():
        edges = graph.setdefault(tree.stem_of(name), {})
        for line, target in tree.included(name, text, files):
            if tree.stem_of(target) != tree.stem_of(name):
                edges.setdefault(tree.stem_of(target), (name, line))
    return graph


def circles(graph):
    """Tarjan's strongly connected components of more than one node, without recursion."""
    index, low, stack, on_stack, result = {}, {}, [], set(), []
    for root in graph:
        if root in index:
            continue
        work = [(root, iter(graph[root]))]
        index[root] = low[root] = len(index)
        stack.append(root)
        on_stack.add(root)
        while work:
            node, edges = work[-1]
            following = next((e for e in edges if e in graph), None)
            if following is None:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == index[node]:
                    at = stack.index(node)
                    members, stack[at:] = stack[at:], []
                    on_stack.difference_update(members)
                    if len(members) > 1:
                        result.append(sorted(members))
            elif following not in index:
                index[following] = low[following] = len(index)
                stack.append(following)
                on_stack.add(following)
                work.append((following, iter(graph[following])))
            elif following in on_stack:
                low[node] = min(low[node], index[following])
    return result


def findings(files):
    graph = includes(files)
    for members in circles(graph):
        for member in members:
            for target in members:
                if target in graph[member]:
                    name, line = graph[member][target]
                    yield name, line, f"includes {target} in a circle of {len(members)} components"


if __name__ == "__main__":
    tree.report("circles", findings(tree.contents(tree.sources())))
